#include "harness/run/run_counters.h"

#include "harness/run/part_counters.h"

namespace daxlab {

NamedCounters lab_counters(const Counters& counters, bool has_strategies) {
  const auto sum = [&](Counter counter) { return static_cast<double>(counters.sum(counter)); };
  NamedCounters named = {{"short_writes", sum(Counter::short_writes)},
                         {"enospc", sum(Counter::enospc)}};
  if (!has_strategies) return named;

  const double faults =
      sum(Counter::faults_read) + sum(Counter::faults_write) + sum(Counter::faults_mkwrite);
  const auto per_fault = [&](Counter counter) { return faults > 0 ? sum(counter) / faults : 0.0; };
  const auto per = [&](Counter counter, Counter times) {
    return sum(times) > 0 ? sum(counter) / sum(times) : 0.0;
  };
  const auto highest = [&](Peak peak) { return static_cast<double>(counters.highest(peak)); };
  named.insert(named.end(), {
                                {"faults_read", sum(Counter::faults_read)},
                                {"faults_write", sum(Counter::faults_write)},
                                {"faults_mkwrite", sum(Counter::faults_mkwrite)},
                                {"pages_per_fault", per_fault(Counter::fault_pages)},
                                {"zero_pages_inserted", sum(Counter::zero_pages_inserted)},
                                {"page_cache_pages_peak", highest(Peak::page_cache_pages)},
                                {"zero_page_lock_waits", sum(Counter::zero_page_lock_waits)},
                                {"page_lock_waits", sum(Counter::page_lock_waits)},
                                {"reserve_blocks", sum(Counter::reserve_blocks)},
                                {"kernel_mappings_peak", highest(Peak::kernel_mappings)},
                                {"flushes", sum(Counter::flushes)},
                                {"fences", sum(Counter::fences)},
                                {"bytes_persisted", sum(Counter::bytes_persisted)},
                                {"alloc_calls", sum(Counter::alloc_calls)},
                                {"alloc_ns", per(Counter::alloc_ns, Counter::timed_alloc_calls)},
                            });
  add_fault_parts(counters, faults, named);
  add_call_parts(counters, named);
  return named;
}

NamedCounters latency_counters(const LatencyHistogram& latency, const std::string& prefix) {
  const auto at = [&](double share) { return static_cast<double>(latency.percentile_ns(share)); };
  return {{prefix + "p50_ns", at(0.5)},
          {prefix + "p90_ns", at(0.9)},
          {prefix + "p99_ns", at(0.99)},
          {prefix + "p999_ns", at(0.999)},
          {prefix + "max_ns", static_cast<double>(latency.max_ns())}};
}

}  // namespace daxlab
