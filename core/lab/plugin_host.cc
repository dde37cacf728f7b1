#include "core/lab/plugin_host.h"

#include <dlfcn.h>
#include <immintrin.h>
#include <sys/mman.h>

#include <cstddef>
#include <cstring>
#include <new>

#include "core/base/counters.h"
#include "core/base/reserved_memory.h"
#include "core/engine/simulator/call_place.h"
#include "core/sync/schedule.h"
#include "daxlab/types.h"

namespace daxlab {

namespace {

constexpr uint64_t at_hand_bytes = 12 * page_bytes;

// A plugin may be built with ThreadSanitizer where this code is not: then its runtime, which is in
// the process from the start, sees what the plugin does, and has to be told of our locks.
using Annotation = void (*)(void*);
Annotation annotation(const char* name) {
  return reinterpret_cast<Annotation>(dlsym(RTLD_DEFAULT, name));
}
const Annotation tell_acquired = annotation("__tsan_acquire");
const Annotation tell_releases = annotation("__tsan_release");

}  // namespace

static_assert(sizeof(Mutex) == sizeof(uint32_t));

PluginHost::PluginHost()
    : at_hand_(static_cast<std::byte*>(std::aligned_alloc(page_bytes, at_hand_bytes))) {}

PluginHost::~PluginHost() {
  for (Piece* piece = pieces_.load(); piece != nullptr;) {
    Piece* next = piece->next;
    munmap(piece, piece->mapped_bytes);
    piece = next;
  }
}

// A plugin's word is a Mutex in all but name: 0 is unlocked in both.
// Where a simulated thread stands is told by the plugin's code, not by this line.
void PluginHost::lock(uint32_t& word) noexcept {
  auto& mutex = reinterpret_cast<Mutex&>(word);
  if (schedule_of_thread() == nullptr) [[likely]] {
    mutex.lock();
  } else {
    mutex.lock(call_place(__builtin_return_address(0)));
  }
  if (tell_acquired != nullptr) [[unlikely]] tell_acquired(&word);
}
void PluginHost::unlock(uint32_t& word) noexcept {
  if (tell_releases != nullptr) [[unlikely]] tell_releases(&word);
  reinterpret_cast<Mutex&>(word).unlock();
}
uint32_t PluginHost::shard() noexcept { return thread_shard(); }
void PluginHost::relax() noexcept {
  tell_schedule(StepKind::relax, this);
  _mm_pause();
}

void* PluginHost::arena(uint64_t length_bytes) noexcept {
  if (length_bytes == 0 || length_bytes > uint64_t{1} << 46) return nullptr;
  const uint64_t whole_pages = (length_bytes + page_bytes - 1) / page_bytes * page_bytes;
  if (std::byte* memory = take_at_hand(whole_pages)) return memory;
  const uint64_t mapped = whole_pages + page_bytes;
  void* memory = reserve_memory(mapped);
  if (memory == nullptr) return nullptr;
  Piece* piece = new (memory) Piece{.next = pieces_.load(), .mapped_bytes = mapped};
  while (!pieces_.compare_exchange_weak(piece->next, piece)) {
  }
  return static_cast<std::byte*>(memory) + page_bytes;
}

std::byte* PluginHost::take_at_hand(uint64_t length_bytes) noexcept {
  uint64_t used = at_hand_used_bytes_.load(std::memory_order_relaxed);
  do {
    if (at_hand_ == nullptr || length_bytes > at_hand_bytes - used) return nullptr;
  } while (!at_hand_used_bytes_.compare_exchange_weak(used, used + length_bytes,
                                                      std::memory_order_relaxed));
  std::byte* memory = at_hand_.get() + used;
  std::memset(memory, 0, length_bytes);
  return memory;
}

}  // namespace daxlab
