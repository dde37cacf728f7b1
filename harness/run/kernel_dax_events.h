// Faults that the kernel itself handles on DAX: its trace events fs_dax.
#pragma once

#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/trace.h"

namespace daxlab {

struct KernelFaults {
  std::vector<TraceEvent> events;  // each fault once, to the microsecond, in order of their ends
  uint64_t lost_lines = 0;         // of the kernel's, two for a fault: its buffer was full
};

// In an instance of its own of the kernel's tracing, which other tracing does not meet.
class KernelDaxEvents {
 public:
  // From now on those of this process and of threads that it makes. The error: tracefs is not
  // mounted or not to be written here (root alone may), or the kernel has no DAX.
  static ErrorOr<std::unique_ptr<KernelDaxEvents>> begin(
      const std::filesystem::path& tracefs = "/sys/kernel/tracing");
  ~KernelDaxEvents();  // takes the instance away
  KernelDaxEvents(const KernelDaxEvents&) = delete;
  KernelDaxEvents& operator=(const KernelDaxEvents&) = delete;

  // Records no more.
  ErrorOr<KernelFaults> end();

 private:
  explicit KernelDaxEvents(std::filesystem::path instance) : instance_(std::move(instance)) {}
  const std::filesystem::path instance_;
};

// The instance that a process which is gone may have left.
void remove_kernel_dax_events(pid_t process,
                              const std::filesystem::path& tracefs = "/sys/kernel/tracing");

// Of the text of a `trace` file. Lines that are no event are passed over, and so is a fault of
// which one half is missing.
KernelFaults read_kernel_dax_events(std::string_view text);

}  // namespace daxlab
