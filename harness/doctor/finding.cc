#include "harness/doctor/finding.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.h"

namespace daxlab {

const char* name_of(FindingState state) {
  switch (state) {
    case FindingState::ok:
      return "ok";
    case FindingState::warning:
      return "warning";
    case FindingState::missing:
      return "missing";
  }
  return "unknown";
}

bool mmu_can_run(const std::vector<MachineFinding>& findings) {
  return std::none_of(findings.begin(), findings.end(), [](const MachineFinding& finding) {
    return finding.needed_by_mmu && finding.state == FindingState::missing;
  });
}

std::string as_text(const std::vector<MachineFinding>& findings) {
  size_t name_width = 0;
  for (const MachineFinding& finding : findings)
    name_width = std::max(name_width, finding.name.size());
  std::string text;
  for (const MachineFinding& finding : findings) {
    text += fmt::format("{:<7}  {:<{}}  {}\n", name_of(finding.state), finding.name, name_width,
                        finding.found);
    if (!finding.what_to_do.empty()) {
      text += fmt::format("{:<7}  {:<{}}  -> {}\n", "", "", name_width, finding.what_to_do);
    }
  }
  text += mmu_can_run(findings) ? "The mmu engine can run here.\n"
                                : "The mmu engine cannot run here: see the lines marked missing.\n";
  return text;
}

std::string as_json(const std::vector<MachineFinding>& findings) {
  Json list = Json::list();
  for (const MachineFinding& finding : findings) {
    list.add({{"name", finding.name},
              {"state", name_of(finding.state)},
              {"found", finding.found},
              {"what_to_do", finding.what_to_do},
              {"needed_by_mmu", finding.needed_by_mmu}});
  }
  const Json document = {{"mmu_can_run", mmu_can_run(findings)}, {"findings", list}};
  // Device names and kernel strings are bytes: what is not UTF-8 is replaced, not fatal.
  return document.dump(2) + "\n";
}

}  // namespace daxlab
