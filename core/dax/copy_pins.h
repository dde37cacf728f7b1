// Readers and writers copy to and from blocks without a lock. A pin keeps the blocks that a thread
// may have looked up from being given to somebody else: who frees blocks first waits for older
// pins.
//
// A pin is taken before blocks are looked up, which happens under the file's invalidate_lock
// shared; a ticket under it exclusive. So each pin is either older than an unpublishing (and waited
// for) or its look-ups see the result (and cannot reach the blocks). Taking a pin and waiting for
// one happen without any lock: the pinned threads may want the lock, be it in a fault.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace daxlab {

class CopyPins {
 public:
  static constexpr uint32_t slots = 64;

  // Waits while 64 threads copy already. Any thread; not in a fault.
  uint32_t pin();
  void unpin(uint32_t slot);

  // Marks a moment; to be waited for later.
  uint32_t ticket() { return next_.fetch_add(1) + 1; }
  // Returns when every pin taken before the ticket is gone.
  void wait_for_older(uint32_t ticket);

 private:
  void wait_for_older_at_once(uint32_t ticket);
  // 0: free; else the moment at which it was taken. Moments wrap after 2^31 operations in flight.
  std::array<std::atomic<uint32_t>, slots> taken_{};
  std::atomic<uint32_t> next_{1};
};

class Pinned {
 public:
  explicit Pinned(CopyPins& pins) : pins_(pins), slot_(pins.pin()) {}
  ~Pinned() { pins_.unpin(slot_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  CopyPins& pins_;
  uint32_t slot_;
};

}  // namespace daxlab
