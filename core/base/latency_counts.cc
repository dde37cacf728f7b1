#include "core/base/latency_counts.h"

#include <algorithm>

#include "core/base/counters.h"

namespace daxlab {

void LatencyCounts::add(uint64_t latency_ns) noexcept {
  Shard& shard = shards_[thread_shard() % shards];
  const uint32_t bucket = std::min(latency_bucket_of(latency_ns), buckets - 1);
  shard.counts[bucket].fetch_add(1, std::memory_order_relaxed);
  uint64_t seen = shard.max_ns.load(std::memory_order_relaxed);
  while (latency_ns > seen &&
         !shard.max_ns.compare_exchange_weak(seen, latency_ns, std::memory_order_relaxed)) {
  }
}

uint64_t LatencyCounts::in_bucket(uint32_t bucket) const noexcept {
  uint64_t count = 0;
  for (const Shard& shard : shards_) count += shard.counts[bucket].load(std::memory_order_relaxed);
  return count;
}

uint64_t LatencyCounts::in_all() const noexcept {
  uint64_t count = 0;
  for (uint32_t bucket = 0; bucket < buckets; ++bucket) count += in_bucket(bucket);
  return count;
}

uint64_t LatencyCounts::max_ns() const noexcept {
  uint64_t max = 0;
  for (const Shard& shard : shards_) max = std::max(max, shard.max_ns.load());
  return max;
}

void LatencyCounts::reset() noexcept {
  for (Shard& shard : shards_) {
    for (auto& count : shard.counts) count.store(0, std::memory_order_relaxed);
    shard.max_ns.store(0, std::memory_order_relaxed);
  }
}

}  // namespace daxlab
