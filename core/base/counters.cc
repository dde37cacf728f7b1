#include "core/base/counters.h"

namespace daxlab {

namespace {

// A plain integer in initial-exec TLS of the executable: its first touch allocates nothing.
constinit thread_local uint32_t shard_plus_one __attribute__((tls_model("initial-exec"))) = 0;

}  // namespace

uint32_t thread_shard() noexcept {
  static std::atomic<uint32_t> next{0};
  if (shard_plus_one == 0) {
    shard_plus_one = next.fetch_add(1, std::memory_order_relaxed) % thread_shards + 1;
  }
  return shard_plus_one - 1;
}

void set_thread_shard(uint32_t shard) noexcept { shard_plus_one = shard % thread_shards + 1; }

void Counters::raise(Peak peak, int64_t amount) noexcept {
  Level& level = levels_[static_cast<size_t>(peak)];
  int64_t now = level.now.fetch_add(amount, std::memory_order_relaxed) + amount;
  if (amount < 0) level.times_lowered.fetch_add(1, std::memory_order_relaxed);
  int64_t seen = level.highest.load(std::memory_order_relaxed);
  while (now > seen && !level.highest.compare_exchange_weak(seen, now, std::memory_order_relaxed)) {
  }
}

uint64_t Counters::sum(Counter counter) const noexcept {
  uint64_t total = 0;
  for (const Shard& shard : shards_) {
    total += shard.values[static_cast<size_t>(counter)].load(std::memory_order_relaxed);
  }
  return total;
}

int64_t Counters::level(Peak peak) const noexcept {
  return levels_[static_cast<size_t>(peak)].now.load(std::memory_order_relaxed);
}

uint64_t Counters::times_lowered(Peak peak) const noexcept {
  return levels_[static_cast<size_t>(peak)].times_lowered.load(std::memory_order_relaxed);
}

int64_t Counters::highest(Peak peak) const noexcept {
  return levels_[static_cast<size_t>(peak)].highest.load(std::memory_order_relaxed);
}

void Counters::reset() noexcept {
  for (Shard& shard : shards_) {
    for (auto& value : shard.values) value.store(0, std::memory_order_relaxed);
  }
  for (Level& level : levels_) level.highest.store(level.now.load());
  part_times_.reset();
  if (fault_latencies_ != nullptr) fault_latencies_->reset();
}

}  // namespace daxlab
