// The plugin that is being checked, in the process that checks it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "core/registry/registry.h"

namespace daxlab {

// What is to be checked: known without running any of it.
struct TestedPlugin {
  PluginDescription description;
  std::vector<uint64_t> options;  // one for each of the plugin's options, in their order
  uint64_t seed = 1;
  // The shipped plugins of the other kinds that stand beside it in a lab.
  std::vector<PluginDescription> companions;
};

// Finds the companions for a plugin of that kind. The error: one of them is not there.
ErrorOr<std::vector<PluginDescription>> find_companions(PluginKind kind, Registry& registry);

// Loaded, in the process of one check.
class Subject {
 public:
  // Both outlive the subject. The error names the plugin that cannot be loaded.
  static ErrorOr<Subject> load(const TestedPlugin& tested, CallLog& log);

  PluginKind kind() const { return tested_->description.kind; }
  bool signal_safe() const { return tested_->description.signal_safe; }
  uint64_t seed() const { return tested_->seed; }
  CallLog& log() const { return *log_; }
  const StrategySpec& plugin() const { return plugin_; }
  // A companion with its options at their defaults. Aborts on a name that find_companions does not
  // know.
  const StrategySpec& companion(PluginKind kind, const std::string& name) const;
  // The same, but with functions that stand for those of the fault plugin; they outlive it.
  Subject with_fault(const FaultPlugin& functions) const {
    Subject other = *this;
    other.plugin_.plugin = plugin_.plugin.with(functions);
    return other;
  }

 private:
  Subject(const TestedPlugin& tested, CallLog& log) : tested_(&tested), log_(&log) {}

  const TestedPlugin* tested_;
  CallLog* log_;
  StrategySpec plugin_;
  std::vector<StrategySpec> companions_;
};

}  // namespace daxlab
