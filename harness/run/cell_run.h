// One repetition of a cell, from its plugins to its record.
#pragma once

#include <poll.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/config/config.h"
#include "harness/run/benchmark_door.h"
#include "harness/run/cell_process.h"
#include "harness/run/cell_report.h"
#include "harness/run/cell_trace.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {

// The plugin that the cell names for that kind; not for baseline.
const PluginDescription& plugin_of(const Config& config, const Cell& cell, PluginKind kind);

// While it runs, in a process of its own. Destroyed before that is over: the process is killed, and
// nothing of it stays.
class RunningCell {
 public:
  // `trace`: where its measured part is traced; nullptr: nowhere. The caller has one thread; config
  // and cell outlive this. The error is for what kept the process from starting. A cell that cannot
  // run for a reason of its own is a run that has failed.
  static ErrorOr<std::unique_ptr<RunningCell>> start(const Config& config, const Cell& cell,
                                                     const RunIdentity& identity,
                                                     std::unique_ptr<CellTrace> trace = nullptr);

  ~RunningCell();

  // As CellProcess has them; without a process its deadline is over.
  std::array<pollfd, 3> waits() const;
  CellProcess::Clock::time_point deadline() const;
  // The report's context is what was requested, plugin hashes, seed and CPUs, then what the lab
  // had.
  std::optional<CellReport> serve();
  // What has been traced so far; nullptr: nothing is.
  const CellTrace* trace() const { return trace_.get(); }

 private:
  RunningCell(const Config& config, const Cell& cell, const RunIdentity& identity,
              std::unique_ptr<CellTrace> trace)
      : config_(config), cell_(cell), identity_(identity), trace_(std::move(trace)) {}
  CellProcessSpec process_spec();

  const Config& config_;
  const Cell& cell_;
  RunIdentity identity_;
  std::unique_ptr<CellTrace> trace_;
  std::optional<ScratchFolder> folder_;  // of a baseline: a crashed cell cannot clean up
  std::unique_ptr<CellProcess> process_;
  pid_t number_ = 0;                    // of the process, also when it is over
  std::optional<Failure> not_started_;  // why there is no process
};

}  // namespace daxlab
