// A lab with the tested strategy in its place, and what must hold whenever it is at rest.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/lab/lab.h"
#include "harness/conformance/finding.h"
#include "harness/conformance/script.h"
#include "harness/conformance/subject.h"
#include "harness/histories/history.h"

namespace daxlab {

// Companions for the kinds that are not tested.
struct LabSetting {
  EngineKind engine = EngineKind::mmu;
  std::string fault = "global_zero";
  std::string write = "partial";
  uint64_t region_bytes = uint64_t{8} << 20;
  PersistObserver* observer = nullptr;
};

// "on the mmu with write atomic": what a finding in that setting adds.
std::string to_text(const LabSetting& setting, PluginKind tested);
// Both engines, each with every companion that matters for what is tested.
std::vector<LabSetting> all_settings(PluginKind tested);

// nullptr and a finding when it cannot be had.
std::unique_ptr<Lab> assemble(const Subject& subject, const LabSetting& setting,
                              std::optional<Finding>& finding);

// With every file closed and unlinked: no unsafe answer of a plugin, every block accounted for, and
// as many used as before.
std::optional<Finding> settle(Lab& lab, uint64_t used_before);

// The body on a fresh lab, settled afterwards; what is found says the setting. The body leaves no
// file.
using LabBody = std::function<std::optional<Finding>(Lab&)>;
std::optional<Finding> on_lab(const Subject& subject, const LabSetting& setting,
                              const LabBody& body);
std::optional<Finding> on_each_lab(const Subject& subject, const LabBody& body);

// The history beside the model, shortened when they differ: on fresh labs of that setting where an
// unsafe answer has spoilt this one. Writes are cut to what the strategy
// takes at once.
std::optional<Finding> check_history(const Subject& subject, const LabSetting& setting, Lab& lab,
                                     History history);
// That of a script, on each lab.
std::optional<Finding> check_script(const Subject& subject, const Script& script);

}  // namespace daxlab
