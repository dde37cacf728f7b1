#include "core/base/call_log.h"

namespace daxlab {

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
      return "fault";
    case PluginCallback::write_create:
    case PluginCallback::write_max_write_bytes:
    case PluginCallback::write_write:
    case PluginCallback::load_write:
      return "write";
    case PluginCallback::alloc_create:
    case PluginCallback::alloc_init:
    case PluginCallback::alloc_mark_used:
    case PluginCallback::alloc_allocate:
    case PluginCallback::alloc_free:
    case PluginCallback::alloc_free_space:
    case PluginCallback::load_alloc:
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

}  // namespace daxlab
