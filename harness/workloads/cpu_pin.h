// Keeps the calling thread on one CPU for a while.
#pragma once

#include <sched.h>

#include <cstdint>
#include <optional>

#include "harness/workloads/workload.h"

namespace daxlab {

class CpuPin {
 public:
  CpuPin() = default;
  ~CpuPin();  // back to where the thread could run before; in the same thread
  CpuPin(const CpuPin&) = delete;
  CpuPin& operator=(const CpuPin&) = delete;

  // Once. The failure names `worker`, the CPU and the kernel's reason; nothing has changed then.
  std::optional<Failure> pin(uint64_t worker, uint32_t cpu);

 private:
  bool pinned_ = false;
  cpu_set_t before_;
};

}  // namespace daxlab
