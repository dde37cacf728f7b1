// One repetition of a cell, from its plugins to its record.
#pragma once

#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/config/config.h"
#include "harness/run/benchmark_door.h"
#include "harness/run/machine_facts.h"

namespace daxlab {

struct CellRun {
  std::string document;    // Google Benchmark's, one record
  ContextEntries context;  // what was requested, what it really had, plugin hashes, seed
  std::optional<std::string> failure;  // also in the record
  bool interrupted = false;            // no document
};

// In a process of its own. The caller has one thread. `interrupt_fd` as in CellProcessSpec. The
// error is for what kept the process from starting.
ErrorOr<CellRun> run_cell(const Config& config, const Cell& cell, const RunIdentity& identity,
                          int interrupt_fd);

}  // namespace daxlab
