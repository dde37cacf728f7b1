// Where the time of a call goes: into parts that exclude each other, so that they add up to it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "core/base/clock.h"

namespace daxlab {

enum class TimedCallKind : uint32_t { fault, write, read, count };

enum class TimePart : uint32_t {
  rest,        // in the call, and in none of the others
  strategy,    // callbacks of the fault strategy
  find,        // of its operations: find_block,
  page_cache,  // find_or_create_page, remove_pages, reclaim_pages,
  insert,      // insert_page, insert_block,
  unmap,       // unmap_mapping_range, unmap_other_mappings,
  allocate,    // and get_block_create
  look_up,     // which blocks the file has
  reserve,     // of blocks for a write
  allocator,   // the allocator plugin
  pin,         // keeping blocks from being given to others while they are copied
  copy,        // bytes, and faults of the buffer that they come from or go to
  zero,        // of new blocks
  flush,       // cache lines that were not stored past the cache
  fence,
  publish,  // block map and size, and the locks for it
  count
};
inline constexpr size_t part_count = static_cast<size_t>(TimePart::count);

// What one reading of the clock takes of the time between two; measured once.
uint64_t clock_cost_ns() noexcept;

// Of one call: on its stack, and of use to its thread only. Entering a part leaves the one before.
class PartClock {
 public:
  // The first time through is not counted: what reading the clock here needs is cold then.
  PartClock() noexcept : since_ns_(now_ns()) {
    enter(TimePart::rest);
    ns_ = {};
    begin_ns_ = since_ns_;
  }
  // The part that was left. Signal-safe.
  TimePart enter(TimePart part) noexcept {
    const uint64_t at_ns = now_ns();
    const uint64_t took_ns = at_ns - since_ns_, cost_ns = clock_cost_ns();
    ns_[static_cast<size_t>(part_)] += took_ns > cost_ns ? took_ns - cost_ns : 0;
    since_ns_ = at_ns;
    const TimePart left = part_;
    part_ = part;
    return left;
  }
  // The time since the last enter() is nobody's.
  void leave_out() noexcept { since_ns_ = now_ns(); }
  uint64_t ns(TimePart part) const noexcept { return ns_[static_cast<size_t>(part)]; }
  uint64_t total_ns() const noexcept;
  uint64_t begin_ns() const noexcept { return begin_ns_; }

  // Of the call that this thread is in and that is timed; nullptr: there is none.
  static PartClock* of_thread() noexcept { return of_thread_; }
  // The one before.
  static PartClock* set_of_thread(PartClock* clock) noexcept {
    PartClock* const before = of_thread_;
    of_thread_ = clock;
    return before;
  }

 private:
  // Its first touch allocates nothing.
  static inline constinit thread_local PartClock* of_thread_
      __attribute__((tls_model("initial-exec"))) = nullptr;

  std::array<uint64_t, part_count> ns_{};
  uint64_t since_ns_, begin_ns_ = 0;
  TimePart part_ = TimePart::rest;
};

// For its scope the time is the part's: one load and a branch where the call is not timed.
class InPart {
 public:
  explicit InPart(TimePart part) noexcept : clock_(PartClock::of_thread()) {
    if (clock_ != nullptr) [[unlikely]]
      before_ = clock_->enter(part);
  }
  ~InPart() {
    if (clock_ != nullptr) [[unlikely]]
      clock_->enter(before_);
  }
  InPart(const InPart&) = delete;
  InPart& operator=(const InPart&) = delete;

 private:
  PartClock* const clock_;
  TimePart before_ = TimePart::rest;
};

// The sums of all calls that were timed. Any thread, signal-safe. A call stands for several; for
// itself alone if it took far longer than those before: then it was kept from its CPU, or met
// something rare.
class PartTimes {
 public:
  void add(TimedCallKind kind, const PartClock& clock, uint64_t calls) noexcept;
  // One of which the parts are not known.
  void add_whole(TimedCallKind kind, uint64_t took_ns, uint64_t calls) noexcept;

  // The part's share of the whole; 0: nothing was timed.
  double share(TimedCallKind kind, TimePart part) const noexcept;
  // Of a call, of those that were timed as a whole, or of all if there are none of them.
  double mean_ns(TimedCallKind kind) const noexcept;
  uint64_t with_parts(TimedCallKind kind) const noexcept;  // how many had their parts timed
  void reset() noexcept;

 private:
  struct Sums {
    std::atomic<uint64_t> total_ns{0}, calls{0};

    // How many calls it stands for.
    uint64_t add(uint64_t took_ns, uint64_t calls) noexcept;
    double mean_ns() const noexcept;  // 0: of none
    void reset() noexcept;
  };
  struct Times {
    Sums in_parts, as_whole;
    std::array<std::atomic<uint64_t>, part_count> ns{};
    std::atomic<uint64_t> with_parts{0};
  };
  Times& of(TimedCallKind kind) { return times_[static_cast<size_t>(kind)]; }
  const Times& of(TimedCallKind kind) const { return times_[static_cast<size_t>(kind)]; }
  std::array<Times, static_cast<size_t>(TimedCallKind::count)> times_{};
};

}  // namespace daxlab
