// The file of `run --trace`: a Chrome JSON trace, as Perfetto and chrome://tracing open it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/base/trace.h"
#include "harness/run/output_file.h"

namespace daxlab {

struct TracedProcess {
  pid_t process = 0;
  std::string name;  // of its cell and run
};

// A line for each event, by its process and thread: begin and duration in microseconds of the
// monotonic clock. The whole file appears at commit(); what is added before stays in the folder
// without a name, so that a daxlab that is killed leaves nothing.
class TraceFile {
 public:
  // As OutputFile::prepare.
  static ErrorOr<TraceFile> prepare(const std::filesystem::path& path);

  int own_descriptor() const { return file_.own_descriptor(); }
  // All that the process, which is over, has traced. Its memory is not trusted.
  std::optional<Error> add(const TracedProcess& process, const Trace& trace);
  std::optional<Error> commit();
  // What is not in it, in words that go on a sentence: "; 12 events of 2 runs did not fit: ...".
  // Empty: everything is.
  std::string gaps_text() const;

 private:
  explicit TraceFile(OutputFile file) : file_(std::move(file)) {}

  OutputFile file_;
  bool is_begun_ = false;
  uint64_t dropped_events_ = 0, cut_runs_ = 0, runs_without_kernel_faults_ = 0;
  std::string why_no_kernel_faults_;  // of the first of them
};

// Of one event, without a separator behind it.
std::string trace_line(pid_t process, const TraceEvent& event);

}  // namespace daxlab
