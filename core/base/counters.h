// What a lab counts while it runs. Adding is one relaxed add to a line of the calling thread's own,
// so that counting does not make threads meet; reading sums the lines.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "core/base/latency_counts.h"
#include "core/base/part_clock.h"

namespace daxlab {

class Trace;

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
  short_writes,    // writes that returned fewer bytes than asked
  enospc,          // writes and faults that found no space
  handler_calls,   // of the fault handler: also where somebody else was quicker
  prefault_calls,  // of those, by View::prefault: no fault was delivered
  handler_ns,      // in them, from entry to return
  write_calls,     // of write(),
  read_calls,      // and of read()
  alloc_calls,     // of the allocator plugin's allocate and free
  alloc_ns,        // in those that were timed: see timed_alloc_calls
  timed_alloc_calls,
  count
};

// Highest values of things that go up and down.
enum class Peak : uint32_t {
  page_cache_pages,
  kernel_mappings,
  blocks,  // that the allocator has handed out and not got back: data and map nodes
  count
};

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
  // Counts one, and says how many this thread had before, if it shares its number with no other:
  // for what is timed now and then. Signal-safe, any thread.
  uint64_t count(Counter counter) noexcept {
    return shards_[thread_shard()].values[static_cast<size_t>(counter)].fetch_add(
        1, std::memory_order_relaxed);
  }
  // Raises and lowers a level and remembers its highest value. Signal-safe, any thread.
  void raise(Peak peak, int64_t amount) noexcept;

  uint64_t sum(Counter counter) const noexcept;
  int64_t level(Peak peak) const noexcept;
  int64_t highest(Peak peak) const noexcept;
  // How often it has been lowered, also before reset(): who finds a level high and sees no change
  // here knows that nobody has lowered it meanwhile.
  uint64_t times_lowered(Peak peak) const noexcept;

  // Whether time is counted too, as it is unless this says no: where many small labs are looked at
  // for other things than their times, reading the clock is half of what a fault costs. Before
  // other threads count.
  void keep_times(bool keep) noexcept { keeps_times_ = keep; }
  bool keeps_times() const noexcept { return keeps_times_; }

  // Faults and calls are traced there, each with its parts, if times are kept. Before anybody
  // counts; it outlives this.
  void keep_trace(Trace* trace) noexcept { trace_ = trace; }
  Trace* trace() const noexcept { return trace_; }  // nullptr: they are not

  PartTimes& part_times() noexcept { return part_times_; }
  const PartTimes& part_times() const noexcept { return part_times_; }

  // From now on each fault's latency is kept, if times are. Before anybody counts.
  void keep_fault_latencies() { fault_latencies_ = std::make_unique<LatencyCounts>(); }
  void add_fault(uint64_t latency_ns) noexcept {
    add(Counter::handler_ns, latency_ns);
    if (fault_latencies_ != nullptr) fault_latencies_->add(latency_ns);
  }
  // nullptr: they are not kept.
  const LatencyCounts* fault_latencies() const noexcept { return fault_latencies_.get(); }

  // Starts every sum at zero and every peak at its present level: between set-up and measurement.
  void reset() noexcept;

 private:
  struct alignas(64) Shard {
    std::array<std::atomic<uint64_t>, static_cast<size_t>(Counter::count)> values{};
  };
  struct alignas(64) Level {
    std::atomic<int64_t> now{0};
    std::atomic<int64_t> highest{0};
    std::atomic<uint64_t> times_lowered{0};
  };
  std::array<Shard, thread_shards> shards_{};
  std::array<Level, static_cast<size_t>(Peak::count)> levels_{};
  PartTimes part_times_;
  std::unique_ptr<LatencyCounts> fault_latencies_;
  Trace* trace_ = nullptr;
  bool keeps_times_ = true;
};

}  // namespace daxlab
