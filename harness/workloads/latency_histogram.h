// Latencies in the buckets of core/base/latency_buckets.h: a percentile is at most 1.6 % high.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/base/latency_buckets.h"
#include "core/base/latency_counts.h"

namespace daxlab {

class LatencyHistogram {
 public:
  void add(uint64_t latency_ns);
  void merge(const LatencyHistogram& other);
  void merge(const LatencyCounts& counts);

  uint64_t count() const { return count_; }
  uint64_t max_ns() const { return max_ns_; }
  // The smallest bucket end with at least this share (0 to 1) of entries at or below it, no more
  // than max_ns(); 0 without entries.
  uint64_t percentile_ns(double share) const;

  // The lowest latency of a bucket, in ns, and how many entries it has.
  using Bucket = std::pair<uint64_t, uint64_t>;
  // Those that are not empty, in order.
  std::vector<Bucket> filled_buckets() const;

 private:
  std::array<uint64_t, latency_buckets> counts_{};
  uint64_t count_ = 0;
  uint64_t max_ns_ = 0;
};

}  // namespace daxlab
