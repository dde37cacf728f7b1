// The named counters of a record, from what lab and workload counted.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/base/counters.h"
#include "harness/workloads/latency_histogram.h"

namespace daxlab {

using NamedCounters = std::vector<std::pair<std::string, double>>;

// Faults, strategy and persistence, and where the time of faults and calls went. An engine
// that has no strategies has only short_writes and enospc: what the kernel does is not counted
// here.
NamedCounters lab_counters(const Counters& counters, bool has_strategies);

// p50_ns to max_ns, with `prefix` before each.
NamedCounters latency_counters(const LatencyHistogram& latency, const std::string& prefix = "");

}  // namespace daxlab
