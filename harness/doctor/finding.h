// What the doctor says of one thing it has examined.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

enum class FindingState {
  ok,
  warning,  // works, with the limit that `what_to_do` names
  missing,
};

struct MachineFinding {
  std::string name{};
  FindingState state = FindingState::ok;
  std::string found{};
  std::string what_to_do{};    // how to get what is missing; empty when ok
  bool needed_by_mmu = false;  // the mmu engine cannot run while this is missing
};

// The words of text and JSON: "ok", "warning", "missing".
const char* name_of(FindingState state);

// True when nothing that the mmu engine needs is missing.
bool mmu_can_run(const std::vector<MachineFinding>& findings);

// Aligned columns, one finding a line, advice on a line of its own; and a verdict as last line.
std::string as_text(const std::vector<MachineFinding>& findings);
// {"mmu_can_run": bool, "findings": [{"name", "state", "found", "what_to_do", "needed_by_mmu"}]}
std::string as_json(const std::vector<MachineFinding>& findings);

}  // namespace daxlab
