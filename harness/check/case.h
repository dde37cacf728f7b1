// All that decides a simulated run: the same case gives the same run, everywhere. What is found is
// kept as one, shrunk, and replayed from its file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/engine/simulator/core_mutation.h"
#include "core/lab/injected_faults.h"
#include "harness/crash/crash_moment.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/history.h"
#include "harness/judges/judge.h"

namespace daxlab {

// A plugin as it was when the case was made.
struct CasePlugin {
  std::string kind;  // fault, write or alloc
  std::string name;
  std::string content_hash;  // as PluginDescription's
};

struct Case {
  std::string config;  // of one cell, as a config text: strategies, their options, the region
  std::vector<CasePlugin> plugins;  // to tell when one has changed since; empty: nobody asked
  uint64_t region_bytes = 0;
  InjectedFaults faults;
  uint64_t max_kernel_mappings = 0;  // as LabSpec's; 0: as many as anyone asks for
  std::variant<History, ConcurrentProgram> program;
  std::vector<uint32_t> choices;  // the schedule of a ConcurrentProgram, for scripted_policy
  std::optional<CoreMutation> mutation;
  std::optional<CrashMoment> crash;
};

// A promise that was not kept, and the case that shows it.
struct CheckFinding {
  Verdict verdict;
  Case shown_by;
  std::vector<std::string> story;  // for people: who did what in which order, line by line
};

}  // namespace daxlab
