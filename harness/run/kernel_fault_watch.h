// Faults that the kernel itself handles while a cell runs: for its trace, and for the sizes of page
// table entries where the kernel does not tell those.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/base/trace.h"
#include "core/file/mapped_range.h"
#include "harness/config/config.h"
#include "harness/run/kernel_dax_events.h"
#include "harness/run/run_counters.h"

namespace daxlab {

class KernelFaultWatch {
 public:
  // Begins, if the cell can be on the kernel's DAX and its faults are wanted. Before there are
  // threads: later ones are recorded with this one. `trace`: nullptr for none; outlives this.
  KernelFaultWatch(const Cell& cell, Trace* trace);

  // Ends it, while what the workload has mapped is still there. The trace gets the faults since
  // `begin_ns`, or why it lacks them. What is returned are the counters of page sizes, for which
  // all faults count, as what is mapped may have been touched before: none where they cannot be
  // told for certain, which is no failure.
  NamedCounters end(std::span<const MappedRange> ranges, uint64_t begin_ns);

 private:
  std::optional<KernelFaults> take_faults();
  void add_to_trace(const std::optional<KernelFaults>& faults, uint64_t begin_ns, bool is_dax);

  Trace* const trace_;
  std::unique_ptr<KernelDaxEvents> events_;
  std::string why_none_;
};

}  // namespace daxlab
