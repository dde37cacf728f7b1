#include "harness/run/kernel_fault_watch.h"

#include <algorithm>
#include <vector>

#include "harness/run/page_sizes.h"

namespace daxlab {

KernelFaultWatch::KernelFaultWatch(const Cell& cell, Trace* trace) : trace_(trace) {
  if (cell.engine != EngineKind::baseline && !has_path(cell.medium)) return;
  const auto scan = PageTableScan::open();
  if (trace_ == nullptr && scan.ok() && !scan.value().goes_by_places()) return;
  auto events = KernelDaxEvents::begin();
  if (!events.ok()) why_none_ = events.error().message;
  if (events.ok()) events_ = events.take();
}

std::optional<KernelFaults> KernelFaultWatch::take_faults() {
  if (!events_) return std::nullopt;
  auto recorded = events_->end();
  events_.reset();
  if (recorded.ok()) return recorded.take();
  why_none_ = recorded.error().message;
  return std::nullopt;
}

void KernelFaultWatch::add_to_trace(const std::optional<KernelFaults>& faults, uint64_t begin_ns,
                                    bool is_dax) {
  if (!faults) {
    if (is_dax) trace_->lacks_kernel_faults(why_none_);
    return;
  }
  trace_->add_lost(faults->lost_lines / 2);
  for (const TraceEvent& fault : faults->events) {
    if (fault.begin_ns >= begin_ns) trace_->add(fault);
  }
}

NamedCounters KernelFaultWatch::end(std::span<const MappedRange> ranges, uint64_t begin_ns) {
  const std::optional<KernelFaults> faults = take_faults();
  if (trace_ != nullptr) {
    add_to_trace(faults, begin_ns, std::ranges::any_of(ranges, &MappedRange::is_dax));
  }
  std::optional<std::span<const TraceEvent>> all;
  if (faults && faults->lost_lines == 0) all = faults->events;
  auto sizes = page_size_counters(ranges, all);
  return sizes.ok() ? sizes.take() : NamedCounters();
}

}  // namespace daxlab
