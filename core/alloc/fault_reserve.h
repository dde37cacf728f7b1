// Blocks for faults when the allocator may not be called in one: a thread of ours keeps a few at
// hand.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <thread>

#include "core/sync/sync.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

class FaultReserve {
 public:
  static constexpr uint32_t capacity_blocks = 64;
  static constexpr uint32_t low_blocks = 16;  // fewer than that wake the thread

  // One extent of 1 to max_blocks blocks, or why not; and back. Never called in a fault. The
  // constructor throws std::system_error when there can be no thread.
  using Allocate = std::function<Result<Extent>(uint64_t max_blocks)>;
  using GiveBack = std::function<void(Extent)>;
  FaultReserve(Allocate allocate, GiveBack give_back);
  // Ends the thread and gives every block back. Nobody may be in `take`.
  ~FaultReserve();

  // One block. Waits while the reserve is empty, until the thread has asked the allocator once
  // more: then its error, no_space as a rule. Any thread, signal-safe.
  Result<uint64_t> take() noexcept;

  // A block that a fault took and could not use after all. Waits while faults have put back more than
  // the thread could return yet. Any thread, signal-safe.
  void put_back(uint64_t block) noexcept;

  // Both hold the thread off, so that no block is on its way; not in a fault.
  // Gives every block back, then runs `call`: for an allocation that failed for the reserve's sake.
  Result<Extent> with_all_returned(const std::function<Result<Extent>()>& call);
  // What `count_others` says, and the blocks held here.
  uint64_t total_with(const std::function<uint64_t()>& count_others);

 private:
  void run();
  void refill();
  void return_all();
  void return_excess();
  uint32_t ask_thread() noexcept;
  void wait_for_answer(uint32_t request, uint32_t answered) noexcept;

  Allocate allocate_;
  GiveBack give_back_;
  // Held by whoever moves blocks between allocator and reserve, so that none is ever in neither.
  Mutex refilling_;
  // Of all below but the futex words; held for a few instructions.
  Mutex mutex_;
  std::array<uint64_t, 2 * capacity_blocks> blocks_{};  // room for what faults put back
  uint32_t held_ = 0;
  uint32_t coming_ = 0;  // asked of the allocator: their room is taken
  ErrorCode last_error_ = ErrorCode::ok;
  std::atomic<uint32_t> asked_{1};     // the thread starts by filling up
  std::atomic<uint32_t> answered_{0};  // the value of asked_ that the last refill saw
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace daxlab
