#include "core/base/trace.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

namespace daxlab {

void Trace::add(TraceEvent event) noexcept {
  if (on_.load(std::memory_order_relaxed) == 0) return;
  Lane& lane = lanes_[thread_shard()];
  const uint64_t at = lane.taken.fetch_add(1, std::memory_order_relaxed);
  if (at >= events_of_thread) return;
  if (event.thread == 0) event.thread = static_cast<uint32_t>(::syscall(SYS_gettid));
  lane.slots[at].event = event;
  lane.slots[at].is_whole.store(1, std::memory_order_release);
}

void Trace::lacks_kernel_faults(std::string_view why) noexcept {
  const size_t length = std::min(why.size(), why_no_kernel_faults_.size());
  std::copy_n(why.begin(), length, why_no_kernel_faults_.begin());
  why_length_.store(static_cast<uint32_t>(length), std::memory_order_release);
}

std::string Trace::why_no_kernel_faults() const {
  const size_t length = why_length_.load(std::memory_order_acquire);
  return {why_no_kernel_faults_.data(), std::min(length, why_no_kernel_faults_.size())};
}

uint64_t Trace::dropped() const noexcept {
  uint64_t dropped = lost_.load(std::memory_order_relaxed);
  for (const Lane& lane : lanes_) {
    const uint64_t taken = lane.taken.load(std::memory_order_relaxed);
    dropped += taken > events_of_thread ? taken - events_of_thread : 0;
  }
  return dropped;
}

}  // namespace daxlab
