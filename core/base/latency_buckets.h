// Latencies in log-linear buckets, 64 to each power of two: none is wider than 1.6 % of what it
// holds, and below 128 ns each nanosecond has its own.
#pragma once

#include <bit>
#include <cstdint>

namespace daxlab {

inline constexpr uint32_t latency_sub_bits = 6;
inline constexpr uint32_t latency_buckets = (64 - latency_sub_bits + 1) << latency_sub_bits;

constexpr uint32_t latency_bucket_of(uint64_t latency_ns) noexcept {
  if (latency_ns < (uint64_t{1} << latency_sub_bits)) return static_cast<uint32_t>(latency_ns);
  const uint32_t shift = static_cast<uint32_t>(std::bit_width(latency_ns)) - 1 - latency_sub_bits;
  const uint32_t sub = static_cast<uint32_t>(latency_ns >> shift) & ((1u << latency_sub_bits) - 1);
  return ((shift + 1) << latency_sub_bits) + sub;
}

// The lowest latency of a bucket, in ns.
constexpr uint64_t first_ns_of_bucket(uint32_t bucket) noexcept {
  if (bucket < (1u << latency_sub_bits)) return bucket;
  const uint32_t shift = (bucket >> latency_sub_bits) - 1;
  const uint64_t sub = bucket & ((1u << latency_sub_bits) - 1);
  return ((uint64_t{1} << latency_sub_bits) + sub) << shift;
}

// The highest.
constexpr uint64_t last_ns_of_bucket(uint32_t bucket) noexcept {
  if (bucket < (1u << latency_sub_bits)) return bucket;
  const uint32_t shift = (bucket >> latency_sub_bits) - 1;
  return first_ns_of_bucket(bucket) + ((uint64_t{1} << shift) - 1);
}

}  // namespace daxlab
