// Measures another process's memory from outside, by what the kernel says of it.
#pragma once

#include <sys/types.h>

#include <filesystem>

#include "core/base/error_or.h"
#include "harness/run/memory_figures.h"

namespace daxlab {

// memfds with this name hold zero pages that stand for holes; the region's memfd has another name.
inline constexpr const char* page_cache_memfd_name = "daxlab-page-cache";

// `files_in`: open files below this folder count as page cache (a kernel file system under test);
// empty for none. The process must be one that we may trace: a child will do.
ErrorOr<MemoryFigures> measure_process(pid_t process, const std::filesystem::path& files_in);

// The highest growth of each part over a first measurement.
class MemoryPeak {
 public:
  void start(const MemoryFigures& figures);
  // From now on anonymous memory alone counts anew: what the workload itself needed to begin is not
  // the strategy's.
  void start_anonymous(const MemoryFigures& figures);
  void add(const MemoryFigures& figures);  // the first call starts
  const MemoryFigures& growth() const { return growth_; }

 private:
  bool started_ = false;
  MemoryFigures start_, growth_;
};

}  // namespace daxlab
