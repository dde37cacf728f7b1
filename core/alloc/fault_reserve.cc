#include "core/alloc/fault_reserve.h"

#include <cassert>
#include <utility>

#include "core/sync/locked.h"

namespace daxlab {

FaultReserve::FaultReserve(Allocate allocate, GiveBack give_back)
    : allocate_(std::move(allocate)),
      give_back_(std::move(give_back)),
      thread_([this] { run(); }) {}

FaultReserve::~FaultReserve() {
  stop_.store(true);
  ask_thread();
  thread_.join();
  return_all();
}

uint32_t FaultReserve::ask_thread() noexcept {
  uint32_t request = asked_.fetch_add(1) + 1;
  wake_one(asked_);
  return request;
}

void FaultReserve::run() {
  while (!stop_.load()) {
    uint32_t seen = asked_.load();
    if (seen == answered_.load()) {
      wait_while(asked_, seen);
      continue;
    }
    refill();
    answered_.store(seen);
    wake_all(answered_);
  }
}

void FaultReserve::return_excess() {
  for (;;) {
    mutex_.lock();
    uint64_t block = held_ > capacity_blocks ? blocks_[--held_] : 0;
    mutex_.unlock();
    if (block == 0) return;
    give_back_({block, 1});
  }
}

void FaultReserve::refill() {
  const Locked no_return(refilling_);
  return_excess();
  for (;;) {
    mutex_.lock();
    uint32_t wanted = held_ < capacity_blocks ? capacity_blocks - held_ : 0;
    last_error_ = ErrorCode::ok;
    coming_ = wanted;
    mutex_.unlock();
    if (wanted == 0) return;

    Result<Extent> extent = allocate_(wanted);
    const Locked guard(mutex_);
    coming_ = 0;
    last_error_ = extent.code();
    if (!extent.ok()) return;
    for (uint64_t i = 0; i < extent.value().blocks; ++i) {
      blocks_[held_++] = extent.value().block + i;
    }
  }
}

void FaultReserve::wait_for_answer(uint32_t request, uint32_t answered) noexcept {
  while (static_cast<int32_t>(answered - request) < 0) {
    wait_while(answered_, answered);
    answered = answered_.load();
  }
}

void FaultReserve::put_back(uint64_t block) noexcept {
  for (;;) {
    uint32_t before = answered_.load();
    {
      const Locked guard(mutex_);
      if (held_ + coming_ < blocks_.size()) {
        blocks_[held_++] = block;
        return;
      }
    }
    wait_for_answer(ask_thread(), before);
  }
}

Result<uint64_t> FaultReserve::take() noexcept {
  for (;;) {
    uint32_t before = answered_.load();
    mutex_.lock();
    if (held_ != 0) {
      uint64_t block = blocks_[--held_];
      bool low = held_ == low_blocks - 1;
      mutex_.unlock();
      if (low) ask_thread();
      return block;
    }
    mutex_.unlock();

    // Only an attempt that began after our question counts: earlier ones saw an earlier free space.
    wait_for_answer(ask_thread(), before);
    const Locked guard(mutex_);
    // Others may have been quicker than we are, then the question is put again.
    if (held_ == 0 && last_error_ != ErrorCode::ok) return last_error_;
  }
}

void FaultReserve::return_all() {
  std::array<uint64_t, 2 * capacity_blocks> blocks;
  mutex_.lock();
  uint32_t count = std::exchange(held_, 0);
  blocks = blocks_;
  mutex_.unlock();
  for (uint32_t i = 0; i < count; ++i) give_back_({blocks[i], 1});
}

Result<Extent> FaultReserve::with_all_returned(const std::function<Result<Extent>()>& call) {
  const Locked no_refill(refilling_);
  return_all();
  return call();
}

uint64_t FaultReserve::total_with(const std::function<uint64_t()>& count_others) {
  const Locked no_refill(refilling_);
  uint64_t others = count_others();
  const Locked guard(mutex_);
  return others + held_;
}

}  // namespace daxlab
