// The counters of where the time of faults, read() and write() went. Parts are known of a sample of
// calls, and shown as shares of the mean of all: so they add up to it.
#pragma once

#include "harness/run/run_counters.h"

namespace daxlab {

// Means for a fault of `faults`; 0 without faults.
void add_fault_parts(const Counters& counters, double faults, NamedCounters& named);
// Means for a call; those of a kind of which there was no call are left out, but for its number.
void add_call_parts(const Counters& counters, NamedCounters& named);

}  // namespace daxlab
