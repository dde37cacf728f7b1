// What a lab counts while it runs. Adding is one relaxed add to a line of the calling thread's own,
// so that counting does not make threads meet; reading sums the lines.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace daxlab {

enum class Counter : uint32_t {
  faults_read,           // first touch by a load
  faults_write,          // first touch by a store
  faults_mkwrite,        // store to a page mapped read-only
  fault_pages,           // pages that faults mapped
  zero_pages_inserted,   // pages mapped to a zero page, shared or cached
  zero_page_lock_waits,  // lock_page on a zero page that had to wait
  page_lock_waits,       // (file, pgoff) locks that had to wait
  reserve_blocks,        // blocks that faults took from the reserve (allocator not signal_safe)
  flushes,               // cache lines flushed or stored past the cache
  fences,
  bytes_persisted,
  short_writes,      // writes that returned fewer bytes than asked
  enospc,            // writes and faults that found no space
  handler_ns,        // in the fault handler, from entry to return
  strategy_ns,       // of that, in callbacks of the fault strategy, ops included
  op_find_ns,        // of that, in find_block and get_block_create
  op_page_cache_ns,  // of that, in find_or_create_page, remove_pages, reclaim_pages
  op_insert_ns,      // of that, in insert_page and insert_block
  op_unmap_ns,       // of that, in unmap_mapping_range and unmap_other_mappings
  count
};

// Highest values of things that go up and down.
enum class Peak : uint32_t { page_cache_pages, kernel_mappings, count };

// A number that the calling thread keeps: distinct among the first 64 threads, then shared.
// Signal-safe.
uint32_t thread_shard() noexcept;
// Gives the calling thread another one, for the time in which it is a simulated thread.
void set_thread_shard(uint32_t shard) noexcept;
inline constexpr uint32_t thread_shards = 64;

class Counters {
 public:
  // Signal-safe, any thread.
  void add(Counter counter, uint64_t amount = 1) noexcept {
    shards_[thread_shard()].values[static_cast<size_t>(counter)].fetch_add(
        amount, std::memory_order_relaxed);
  }
  // Raises and lowers a level and remembers its highest value. Signal-safe, any thread.
  void raise(Peak peak, int64_t amount) noexcept;

  uint64_t sum(Counter counter) const noexcept;
  int64_t level(Peak peak) const noexcept;
  int64_t highest(Peak peak) const noexcept;

  // Whether time is counted too, as it is unless this says no: where many small labs are looked at
  // for other things than their times, reading the clock is half of what a fault costs. Before
  // other threads count.
  void keep_times(bool keep) noexcept { keeps_times_ = keep; }
  bool keeps_times() const noexcept { return keeps_times_; }

  // Starts every sum at zero and every peak at its present level: between set-up and measurement.
  void reset() noexcept;

 private:
  struct alignas(64) Shard {
    std::array<std::atomic<uint64_t>, static_cast<size_t>(Counter::count)> values{};
  };
  struct alignas(64) Level {
    std::atomic<int64_t> now{0};
    std::atomic<int64_t> highest{0};
  };
  std::array<Shard, thread_shards> shards_{};
  std::array<Level, static_cast<size_t>(Peak::count)> levels_{};
  bool keeps_times_ = true;
};

}  // namespace daxlab
