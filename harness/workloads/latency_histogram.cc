#include "harness/workloads/latency_histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace daxlab {

uint32_t LatencyHistogram::bucket_of(uint64_t latency_ns) {
  if (latency_ns < (uint64_t{1} << sub_bits)) return static_cast<uint32_t>(latency_ns);
  const uint32_t power = static_cast<uint32_t>(std::bit_width(latency_ns)) - 1;
  const uint32_t shift = power - sub_bits;
  const uint32_t sub = static_cast<uint32_t>(latency_ns >> shift) & ((1u << sub_bits) - 1);
  return ((shift + 1) << sub_bits) + sub;
}

uint64_t LatencyHistogram::last_of(uint32_t bucket) {
  if (bucket < (1u << sub_bits)) return bucket;
  const uint32_t shift = (bucket >> sub_bits) - 1;
  const uint64_t sub = bucket & ((1u << sub_bits) - 1);
  const uint64_t first = ((uint64_t{1} << sub_bits) + sub) << shift;
  return first + ((uint64_t{1} << shift) - 1);
}

void LatencyHistogram::add(uint64_t latency_ns) {
  ++counts_[bucket_of(latency_ns)];
  ++count_;
  max_ns_ = std::max(max_ns_, latency_ns);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (uint32_t bucket = 0; bucket < buckets; ++bucket) counts_[bucket] += other.counts_[bucket];
  count_ += other.count_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

uint64_t LatencyHistogram::percentile_ns(double share) const {
  if (count_ == 0) return 0;
  // The tiny part taken off keeps 0.07 * 100 = 7.000000000000001 from asking for an eighth entry.
  const double wanted = std::ceil(share * static_cast<double>(count_) * (1 - 1e-12));
  const uint64_t rank = std::clamp<uint64_t>(static_cast<uint64_t>(wanted), 1, count_);
  uint64_t seen = 0;
  for (uint32_t bucket = 0; bucket < buckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return std::min(last_of(bucket), max_ns_);
  }
  return max_ns_;
}

}  // namespace daxlab
