// Runs one repetition of a cell in a process of its own, so that a plugin that crashes, hangs or
// exits takes nothing else with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "harness/run/channel.h"

namespace daxlab {

struct CellProcessSpec {
  // Runs in the child, which exits when it returns; what it throws ends the child.
  std::function<void(CellChannel&, CallLog&)> body;
  std::chrono::nanoseconds time_limit{};  // from start to exit
  // "fault plugin 'page_zero' (/path/page_zero.so)" for the kind of a callback, for failure lines.
  std::function<std::string(PluginCallback)> plugin_of;
  // Open files below this folder count as the child's page cache; empty for none.
  std::filesystem::path measured_folder;
  // Becomes readable when the run shall stop (a signalfd); -1 for never. Not read here.
  int interrupt_fd = -1;
};

struct CellOutcome {
  std::optional<std::string> result;  // what the child sent; absent when it failed
  std::optional<std::string>
      failure;               // one line naming cause and plugin, then the child's last lines
  bool interrupted = false;  // neither: the child was stopped on request
};

// Forks: the caller has one thread. Returns when the child is gone and reaped. The error is for
// what kept it from starting (out of processes, descriptors, memory).
ErrorOr<CellOutcome> run_cell_process(const CellProcessSpec& spec);

}  // namespace daxlab
