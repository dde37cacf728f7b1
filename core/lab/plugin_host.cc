#include "core/lab/plugin_host.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <immintrin.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
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
// Behind an arena that is mapped: far enough for most loops and small indexes that are wrong.
constexpr uint64_t guard_bytes = 16 * page_bytes;
constexpr std::byte mark{0xa5};  // no pointer, no small number, no `false`

uint64_t whole_pages(uint64_t length_bytes) {
  return (length_bytes + page_bytes - 1) / page_bytes * page_bytes;
}

// Each byte is the one before it: as fast as the C library compares.
bool is_marked(const std::byte* start, uint64_t length_bytes) {
  return length_bytes == 0 ||
         (start[0] == mark && std::memcmp(start, start + 1, length_bytes - 1) == 0);
}

uint64_t this_thread() noexcept { return reinterpret_cast<uint64_t>(&host_locks_held); }

// The i-th to look at: each thread begins elsewhere, and finds its own at once.
CallLog::HeldLock& held_lock(CallLog& calls, size_t i) noexcept {
  return calls.held_locks[(2 * thread_shard() + i) % calls.held_locks.size()];
}

CallLog::HeldLock* find_held(CallLog& calls, const uint32_t& word) noexcept {
  const auto address = reinterpret_cast<uint64_t>(&word);
  for (size_t i = 0; host_locks_held > 0 && i < calls.held_locks.size(); ++i) {
    CallLog::HeldLock& held = held_lock(calls, i);
    if (held.word.load() == address && held.thread.load() == this_thread()) return &held;
  }
  return nullptr;
}

// False: there is no room for it.
bool note_held(CallLog& calls, const uint32_t& word, PluginCallback callback,
               const void* return_address) noexcept {
  for (size_t i = 0; i < calls.held_locks.size(); ++i) {
    CallLog::HeldLock& held = held_lock(calls, i);
    uint64_t nobody = 0;
    if (!held.word.compare_exchange_strong(nobody, reinterpret_cast<uint64_t>(&word))) continue;
    held.callback.store(callback, std::memory_order_relaxed);
    held.return_address.store(return_address, std::memory_order_relaxed);
    held.thread.store(this_thread(), std::memory_order_release);
    return true;
  }
  return false;
}

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

PluginHost::PluginHost(CallLog& calls)
    : at_hand_(static_cast<std::byte*>(std::aligned_alloc(page_bytes, at_hand_bytes))),
      calls_(calls) {}

PluginHost::~PluginHost() {
  for (const Lent& lent : lent_) {
    for (CallLog::Arena& arena : calls_.arenas) {
      auto start = reinterpret_cast<uint64_t>(lent.start.load());
      if (start != 0) arena.start.compare_exchange_strong(start, 0);
    }
  }
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
  if (schedule_of_thread() != nullptr) [[unlikely]] {
    mutex.lock(call_place(__builtin_return_address(0)));
  } else if (calls_.is_watched()) [[unlikely]] {
    lock_watched(word, __builtin_return_address(0));
  } else {
    mutex.lock();
  }
  if (tell_acquired != nullptr) [[unlikely]]
    tell_acquired(&word);
}
void PluginHost::unlock(uint32_t& word) noexcept {
  if (tell_releases != nullptr) [[unlikely]]
    tell_releases(&word);
  if (calls_.is_watched() && schedule_of_thread() == nullptr) [[unlikely]] {
    unlock_watched(word, __builtin_return_address(0));
  } else {
    reinterpret_cast<Mutex&>(word).unlock();
  }
}

// Nobody would ever come back from the second lock(): there is no way on.
void PluginHost::lock_watched(uint32_t& word, const void* return_address) noexcept {
  CallLog::Slot& slot = calls_.slots[thread_shard()];
  if (find_held(calls_, word) != nullptr) {
    calls_.report_unsafe(slot.callback.load(), UnsafeKind::lock,
                         "calls lock() of a lock that this thread holds already", return_address);
    _exit(1);
  }
  auto& mutex = reinterpret_cast<Mutex&>(word);
  if (!mutex.try_lock()) {
    slot.waits_for.store(reinterpret_cast<uint64_t>(&word));
    mutex.lock();
    slot.waits_for.store(0);
  }
  if (note_held(calls_, word, slot.callback.load(), return_address)) {
    ++host_locks_held;
  } else {
    calls_.locks_unnoted.store(true);
  }
}

void PluginHost::unlock_watched(uint32_t& word, const void* return_address) noexcept {
  CallLog::HeldLock* const held = find_held(calls_, word);
  auto& mutex = reinterpret_cast<Mutex&>(word);
  if (held == nullptr && calls_.locks_unnoted.load()) return mutex.unlock();
  if (held == nullptr) {
    calls_.report_unsafe(calls_.slots[thread_shard()].callback.load(), UnsafeKind::lock,
                         "calls unlock() of a lock that this thread does not hold", return_address);
    _exit(1);
  }
  held->thread.store(0);
  held->word.store(0);
  --host_locks_held;
  mutex.unlock();
}

uint32_t PluginHost::shard() noexcept { return thread_shard(); }
void PluginHost::relax() noexcept {
  tell_schedule(StepKind::relax, this);
  _mm_pause();
}

void* PluginHost::arena(uint64_t length_bytes) noexcept {
  if (length_bytes == 0 || length_bytes > uint64_t{1} << 46) return nullptr;
  if (std::byte* memory = take_at_hand(length_bytes)) return memory;
  return take_mapped(length_bytes);
}

// A page of bytes that are marked lies behind each: there is no room for one without access.
std::byte* PluginHost::take_at_hand(uint64_t length_bytes) noexcept {
  const uint64_t taken = whole_pages(length_bytes) + page_bytes;
  uint64_t used = at_hand_used_bytes_.load(std::memory_order_relaxed);
  do {
    if (at_hand_ == nullptr || taken > at_hand_bytes - used) return nullptr;
  } while (
      !at_hand_used_bytes_.compare_exchange_weak(used, used + taken, std::memory_order_relaxed));
  std::byte* memory = at_hand_.get() + used;
  std::memset(memory, 0, length_bytes);
  note_lent(memory, length_bytes, taken - length_bytes);
  return memory;
}

// Pages without access lie behind it, and its head before it.
std::byte* PluginHost::take_mapped(uint64_t length_bytes) noexcept {
  const uint64_t pages_bytes = whole_pages(length_bytes);
  const uint64_t mapped = page_bytes + pages_bytes + guard_bytes;
  auto* const memory = static_cast<std::byte*>(reserve_memory(mapped));
  if (memory == nullptr) return nullptr;
  std::byte* const start = memory + page_bytes;
  if (mprotect(start + pages_bytes, guard_bytes, PROT_NONE) != 0) {  // out of kernel mappings
    munmap(memory, mapped);
    return nullptr;
  }
  Piece* piece = new (memory) Piece{.next = pieces_.load(), .mapped_bytes = mapped};
  while (!pieces_.compare_exchange_weak(piece->next, piece)) {
  }
  note_lent(start, length_bytes, pages_bytes - length_bytes);
  return start;
}

void PluginHost::note_lent(std::byte* start, uint64_t length_bytes,
                           uint64_t marked_bytes) noexcept {
  std::memset(start + length_bytes, static_cast<int>(mark), marked_bytes);
  const PluginCallback callback = calls_.slots[thread_shard()].callback.load();
  const uint32_t index = lent_count_.fetch_add(1);
  if (index >= lent_.size()) return;
  lent_[index].length_bytes = length_bytes;
  lent_[index].marked_bytes = marked_bytes;
  lent_[index].asked_in = callback;
  lent_[index].start.store(start);
  for (CallLog::Arena& arena : calls_.arenas) {
    uint64_t nowhere = 0;
    if (!arena.start.compare_exchange_strong(nowhere, reinterpret_cast<uint64_t>(start))) continue;
    arena.length_bytes = length_bytes;
    arena.asked_in = callback;
    return;
  }
}

std::optional<std::string> PluginHost::arena_overrun() const {
  for (const Lent& lent : lent_) {
    const std::byte* const start = lent.start.load();
    if (start == nullptr) continue;
    const std::byte* const behind = start + lent.length_bytes;
    const std::byte* const end = behind + lent.marked_bytes;
    if (is_marked(behind, lent.marked_bytes)) continue;
    const std::byte* const first =
        std::find_if(behind, end, [](std::byte byte) { return byte != mark; });
    return fmt::format(
        "wrote behind the end of its arena of {} bytes (asked for in {}), at byte {}",
        lent.length_bytes, function_of(lent.asked_in), first - start);
  }
  return std::nullopt;
}

}  // namespace daxlab
