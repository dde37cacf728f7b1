#include "core/base/call_log.h"

#include <unistd.h>

#include <cstring>

namespace daxlab {

constinit thread_local uint32_t host_locks_held = 0;

const char* plugin_kind_of(PluginCallback callback) noexcept {
  switch (callback) {
    case PluginCallback::none:
      return "no plugin";
    case PluginCallback::fault_create:
    case PluginCallback::fault_hole_backing:
    case PluginCallback::fault_fault:
    case PluginCallback::fault_page_mkwrite:
    case PluginCallback::fault_before_fill:
    case PluginCallback::fault_after_punch:
    case PluginCallback::load_fault:
    case PluginCallback::unload_fault:
      return "fault";
    case PluginCallback::write_create:
    case PluginCallback::write_max_write_bytes:
    case PluginCallback::write_write:
    case PluginCallback::load_write:
    case PluginCallback::unload_write:
      return "write";
    case PluginCallback::alloc_create:
    case PluginCallback::alloc_init:
    case PluginCallback::alloc_mark_used:
    case PluginCallback::alloc_allocate:
    case PluginCallback::alloc_free:
    case PluginCallback::alloc_free_space:
    case PluginCallback::load_alloc:
    case PluginCallback::unload_alloc:
      return "alloc";
  }
  return "no plugin";
}

const char* function_of(PluginCallback callback) noexcept {
  switch (callback) {
    case PluginCallback::none:
      return "nothing";
    case PluginCallback::fault_create:
    case PluginCallback::write_create:
    case PluginCallback::alloc_create:
      return "create";
    case PluginCallback::fault_hole_backing:
      return "hole_backing";
    case PluginCallback::fault_fault:
      return "fault";
    case PluginCallback::fault_page_mkwrite:
      return "page_mkwrite";
    case PluginCallback::fault_before_fill:
      return "before_fill";
    case PluginCallback::fault_after_punch:
      return "after_punch";
    case PluginCallback::write_max_write_bytes:
      return "max_write_bytes";
    case PluginCallback::write_write:
      return "write";
    case PluginCallback::alloc_init:
      return "init";
    case PluginCallback::alloc_mark_used:
      return "mark_used";
    case PluginCallback::alloc_allocate:
      return "allocate";
    case PluginCallback::alloc_free:
      return "free";
    case PluginCallback::alloc_free_space:
      return "free_space";
    case PluginCallback::load_fault:
    case PluginCallback::load_write:
    case PluginCallback::load_alloc:
      return "a constructor that runs at load";
    case PluginCallback::unload_fault:
    case PluginCallback::unload_write:
    case PluginCallback::unload_alloc:
      return "a destructor that runs at unload";
  }
  return "nothing";
}

void CallLog::mark_crashed() noexcept {
  Slot& slot = slots[thread_shard()];
  if (slot.callback.load(std::memory_order_relaxed) != PluginCallback::none) slot.crashed.store(1);
}

void CallLog::keep_bus_error(const BusError& error) noexcept {
  if (last_bus_error.begun.exchange(1) != 0) return;
  if (describe_bus_error(error, last_bus_error.text) == 0) return;  // sent by somebody
  last_bus_error.written.store(1, std::memory_order_release);
}

PluginCallback CallLog::culprit() const noexcept {
  for (const Slot& slot : slots) {
    if (slot.crashed.load() != 0) return slot.callback.load();
  }
  for (const Slot& slot : slots) {
    if (slot.callback.load() != PluginCallback::none) return slot.callback.load();
  }
  return PluginCallback::none;
}

void CallLog::report_unsafe(PluginCallback callback, UnsafeKind kind, const char* text,
                            const void* return_address) noexcept {
  uint32_t expected = 0;
  if (!unsafe_answer.written.compare_exchange_strong(expected, 1)) return;
  unsafe_answer.callback = callback;
  unsafe_answer.kind = kind;
  std::strncpy(unsafe_answer.text.data(), text, unsafe_answer.text.size() - 1);
  if (return_address != nullptr) unsafe_answer.place = place_of_call(return_address);
  unsafe_answer.written.store(2, std::memory_order_release);
}

void CallLog::watch(Watch how) noexcept { watched.how.store(how, std::memory_order_relaxed); }

void CallLog::begin_call(Slot& slot) noexcept {
  slot.calls.fetch_add(1, std::memory_order_relaxed);
}

void CallLog::end_call(Slot& slot, PluginCallback callback, uint32_t held_before) noexcept {
  // Also where no host lock is in it: the caller goes on with what was outside this call.
  slot.calls.fetch_add(1, std::memory_order_relaxed);
  if (host_locks_held <= held_before) return;
  const auto me = reinterpret_cast<uint64_t>(&host_locks_held);
  for (HeldLock& held : held_locks) {
    if (held.word.load() == 0 || held.thread.load() != me) continue;
    if (held.callback.load() != callback) continue;  // of the call around this one
    report_unsafe(callback, UnsafeKind::lock, "returned with its lock held",
                  held.return_address.load());
    // Told once; another instance may have its lock there.
    held.thread.store(0);
    held.word.store(0);
  }
  host_locks_held = held_before;
  if (how_watched() == end) _exit(1);
}

}  // namespace daxlab
