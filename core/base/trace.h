// Faults and calls one by one as they happen, for who wants to look at a run in a viewer. In memory
// that two processes share, so that what a process has traced is still there when it has crashed.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/counters.h"
#include "core/base/part_clock.h"

namespace daxlab {

enum class TraceKind : uint32_t {
  operation,  // of the workload; length_bytes: how many, where nothing lies between them
  // Faults that daxlab handled: address, offset_bytes of the page, parts.
  read_fault,
  write_fault,
  mkwrite,        // a store to a page that was mapped read-only, by the strategy
  make_writable,  // the same, of a block, by the core
  already_there,  // somebody was quicker
  // Calls: offset_bytes, length_bytes; of write and read also parts, and `answer`: their bytes.
  write,
  read,
  truncate,
  punch,
  preallocate,
  sync,
  map,
  // Faults that the kernel handled on its DAX: address, offset_bytes, `answer`: its VM_FAULT_ bits.
  kernel_small_fault,
  kernel_huge_fault,
  count
};

struct TraceEvent {
  TraceKind kind = TraceKind::operation;
  uint32_t result = 0;  // of ErrorCode
  uint64_t begin_ns = 0, took_ns = 0;
  uint64_t address = 0;  // 0: none
  uint64_t offset_bytes = 0, length_bytes = 0;
  uint64_t answer = 0;
  uint32_t thread = 0;    // the kernel's number of it; 0: who adds it
  uint32_t is_store = 0;  // of the kernel's faults
  std::array<uint32_t, part_count> part_ns{};
};

// Adding is signal-safe and waits for nobody. Of each thread the first events stay, and what does
// not fit is counted. All zeros are an empty trace.
class Trace {
 public:
  static constexpr uint64_t events_of_thread = 1 << 16;

  // What is added before begin() and after end() is not kept.
  void begin() noexcept { on_.store(1, std::memory_order_relaxed); }
  void end() noexcept { on_.store(0, std::memory_order_relaxed); }
  void add(TraceEvent event) noexcept;

  // While or after others add: what is whole. Another process may have written anything.
  template <class Visit>
  void for_each(const Visit& visit) const {
    for (const Lane& lane : lanes_) {
      const uint64_t taken = lane.taken.load(std::memory_order_acquire);
      for (uint64_t i = 0; i < taken && i < events_of_thread; ++i) {
        const Slot& slot = lane.slots[i];
        if (slot.is_whole.load(std::memory_order_acquire) != 1) continue;
        const TraceEvent event = slot.event;
        visit(event);
      }
    }
  }
  uint64_t dropped() const noexcept;

  // Events that were lost before they could be added.
  void add_lost(uint64_t events) noexcept { lost_.fetch_add(events, std::memory_order_relaxed); }
  // The kernel handles faults here and could not be asked for them. Once, by one thread; of `why`
  // what fits is kept.
  void lacks_kernel_faults(std::string_view why) noexcept;
  // Empty: it has them all.
  std::string why_no_kernel_faults() const;

 private:
  struct Slot {
    TraceEvent event;
    std::atomic<uint32_t> is_whole{0};
  };
  // Threads beyond the 64th share one.
  struct alignas(64) Lane {
    std::atomic<uint64_t> taken{0};
    std::array<Slot, events_of_thread> slots;
  };
  std::atomic<uint32_t> on_{0};
  std::atomic<uint32_t> why_length_{0};
  std::array<char, 200> why_no_kernel_faults_{};
  std::atomic<uint64_t> lost_{0};
  std::array<Lane, thread_shards> lanes_;
};

}  // namespace daxlab
