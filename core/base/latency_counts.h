// How many of a lab's faults took how long, counted in the threads that took them.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "core/base/latency_buckets.h"

namespace daxlab {

class LatencyCounts {
 public:
  // The last bucket holds what took longer, too.
  static constexpr uint32_t buckets = latency_bucket_of(uint64_t{1} << 36) + 1;  // 69 s

  // Signal-safe, any thread.
  void add(uint64_t latency_ns) noexcept;

  uint64_t in_bucket(uint32_t bucket) const noexcept;
  uint64_t in_all() const noexcept;
  uint64_t max_ns() const noexcept;
  void reset() noexcept;

 private:
  // Less than a line for each thread, as there are many buckets: faults meet in the kernel anyway.
  static constexpr uint32_t shards = 8;
  struct alignas(64) Shard {
    std::array<std::atomic<uint64_t>, buckets> counts{};
    std::atomic<uint64_t> max_ns{0};
  };
  std::array<Shard, shards> shards_{};
};

}  // namespace daxlab
