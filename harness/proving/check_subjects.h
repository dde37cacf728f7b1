// The combinations of strategies that are checked, and their plugins.
#pragma once

#include <string>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "harness/check/check.h"
#include "harness/config/config.h"

namespace daxlab {

// Points into its config.
struct CheckedCombination {
  const Config* config;
  const Combination* combination;
};

// All of the configs, each once, in order; with a `glob`, those whose name it matches ('*' matches
// '/'). The error: there are none (baseline has no strategies), or it matches none.
ErrorOr<std::vector<CheckedCombination>> select_combinations(const std::vector<Config>& configs,
                                                             const std::string& glob);

// Loads the plugins into this process. `log` outlives the subject. The error names the plugin.
ErrorOr<CheckSubject> load_subject(const CheckedCombination& checked, CallLog& log);

// "fault plugin 'page_zero' (/path/page_zero.so)"
std::string plugin_line(const CheckedCombination& checked, PluginKind kind);
// As CellProcessSpec::plugin_of.
std::string plugin_line(const CheckedCombination& checked, PluginCallback callback);

// What its writes are judged by: "partial", "all_or_nothing" or "atomic".
std::string writes_held_to(const CheckedCombination& checked);

// Those plugins as they are now: for Case::plugins.
std::vector<CasePlugin> case_plugins(const CheckedCombination& checked);

// A config with this one combination, on the simulator: Case::config.
std::string config_text(const CheckedCombination& checked);

}  // namespace daxlab
