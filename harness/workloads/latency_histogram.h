// Latencies in log-linear buckets: 32 to each power of two, so a percentile is at most 3.2% high.
#pragma once

#include <array>
#include <cstdint>

namespace daxlab {

class LatencyHistogram {
 public:
  void add(uint64_t latency_ns);
  void merge(const LatencyHistogram& other);

  uint64_t count() const { return count_; }
  uint64_t max_ns() const { return max_ns_; }
  // The smallest bucket end with at least this share (0 to 1) of entries at or below it, no more
  // than max_ns(); 0 without entries.
  uint64_t percentile_ns(double share) const;

 private:
  static constexpr uint32_t sub_bits = 5;
  static constexpr uint32_t buckets = (64 - sub_bits + 1) << sub_bits;
  static uint32_t bucket_of(uint64_t latency_ns);
  static uint64_t last_of(uint32_t bucket);

  std::array<uint64_t, buckets> counts_{};
  uint64_t count_ = 0;
  uint64_t max_ns_ = 0;
};

}  // namespace daxlab
