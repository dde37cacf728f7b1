#include "harness/workloads/latency_histogram.h"

#include <algorithm>
#include <cmath>

namespace daxlab {

void LatencyHistogram::add(uint64_t latency_ns) {
  ++counts_[latency_bucket_of(latency_ns)];
  ++count_;
  max_ns_ = std::max(max_ns_, latency_ns);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  for (uint32_t bucket = 0; bucket < latency_buckets; ++bucket)
    counts_[bucket] += other.counts_[bucket];
  count_ += other.count_;
  max_ns_ = std::max(max_ns_, other.max_ns_);
}

void LatencyHistogram::merge(const LatencyCounts& counts) {
  for (uint32_t bucket = 0; bucket < LatencyCounts::buckets; ++bucket) {
    const uint64_t more = counts.in_bucket(bucket);
    counts_[bucket] += more;
    count_ += more;
  }
  max_ns_ = std::max(max_ns_, counts.max_ns());
}

std::vector<LatencyHistogram::Bucket> LatencyHistogram::filled_buckets() const {
  std::vector<Bucket> filled;
  for (uint32_t bucket = 0; bucket < latency_buckets; ++bucket) {
    if (counts_[bucket] != 0) filled.emplace_back(first_ns_of_bucket(bucket), counts_[bucket]);
  }
  return filled;
}

uint64_t LatencyHistogram::percentile_ns(double share) const {
  if (count_ == 0) return 0;
  // The tiny part taken off keeps 0.07 * 100 = 7.000000000000001 from asking for an eighth entry.
  const double wanted = std::ceil(share * static_cast<double>(count_) * (1 - 1e-12));
  const uint64_t rank = std::clamp<uint64_t>(static_cast<uint64_t>(wanted), 1, count_);
  uint64_t seen = 0;
  for (uint32_t bucket = 0; bucket < latency_buckets; ++bucket) {
    seen += counts_[bucket];
    if (seen >= rank) return std::min(last_ns_of_bucket(bucket), max_ns_);
  }
  return max_ns_;
}

}  // namespace daxlab
