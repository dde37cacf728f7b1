// Finished runs in little memory, none of which the processes of other runs get: so the next one
// begins as fast as the first.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string_view>

#include "harness/campaign/run_record.h"
#include "harness/campaign/unforked_memory.h"

namespace daxlab {

// Of a record, what its numbers leave is nearly always that of another run of the cell, and kept
// once as a pattern, in which all numbers are 0 and all histograms empty.
class RecordStore {
 public:
  struct Kept {
    const RunRecord* pattern;
    int64_t repetition_index, iterations;
    double real_time_ns, cpu_time_ns;
    std::span<const double> counters;      // in the order of the pattern's
    std::span<const uint64_t> histograms;  // of each the number of its buckets, and they
    std::optional<std::string_view> failure;
  };

  // Stays as long as this does. It takes the logarithm of the number of patterns.
  const Kept* keep(RunRecord record);
  static RunRecord record_of(const Kept& kept);

 private:
  struct PatternOrder {
    bool operator()(const RunRecord& a, const RunRecord& b) const;
  };
  std::set<RunRecord, PatternOrder> patterns_;
  UnforkedMemory memory_;
};

}  // namespace daxlab
