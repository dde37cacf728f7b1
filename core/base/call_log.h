// Which plugin callback each thread is in, in memory that another process can read: so that when a
// plugin crashes or never returns, the survivor can name it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "core/base/bus_error_words.h"
#include "core/base/counters.h"

namespace daxlab {

enum class PluginCallback : uint32_t {
  none,
  fault_create,
  fault_hole_backing,
  fault_fault,
  fault_page_mkwrite,
  fault_before_fill,
  fault_after_punch,
  write_create,
  write_max_write_bytes,
  write_write,
  alloc_create,
  alloc_init,
  alloc_mark_used,
  alloc_allocate,
  alloc_free,
  alloc_free_space,
  load_fault,
  load_write,
  load_alloc,  // the loader runs the object's constructors
};

// "fault", "write" or "alloc"; and the function's name ("page_mkwrite"). Never null.
const char* plugin_kind_of(PluginCallback callback) noexcept;
const char* function_of(PluginCallback callback) noexcept;

// Trivially destructible, all zeros is valid: may live in shared memory.
struct CallLog {
  struct alignas(64) Slot {
    std::atomic<PluginCallback> callback{PluginCallback::none};
    std::atomic<uint32_t> crashed{0};  // set by a fatal signal taken inside the callback
  };
  std::array<Slot, thread_shards> slots{};

  // The first unsafe answer of a plugin, in words: one given in a fault may end the process before
  // anybody there can tell. Written once, by FailureLog.
  struct UnsafeAnswer {
    std::atomic<uint32_t> written{0};  // set after the rest
    PluginCallback callback = PluginCallback::none;
    std::array<char, 256> text{};
  };
  UnsafeAnswer unsafe_answer;

  // Of the bus error that ended the process: what describe_bus_error() says. Later nobody can ask
  // what was mapped there. Written once.
  struct LastBusError {
    std::atomic<uint32_t> begun{0};
    std::atomic<uint32_t> written{0};  // set after the rest
    std::array<char, 1024> text{};
  };
  LastBusError last_bus_error;

  // Marks the calling thread's slot when it is inside a callback. Signal-safe.
  void mark_crashed() noexcept;
  // Signal-safe; only the first is kept.
  void keep_bus_error(const BusError& error) noexcept;
  // The callback that crashed; else, any that a thread is still in; else none.
  PluginCallback culprit() const noexcept;
};

// Names the callback for the length of a scope. Signal-safe; nests.
class InPlugin {
 public:
  InPlugin(CallLog& log, PluginCallback callback) noexcept
      : slot_(log.slots[thread_shard()].callback), outer_(slot_.load(std::memory_order_relaxed)) {
    slot_.store(callback, std::memory_order_relaxed);
  }
  ~InPlugin() { slot_.store(outer_, std::memory_order_relaxed); }
  InPlugin(const InPlugin&) = delete;
  InPlugin& operator=(const InPlugin&) = delete;

 private:
  std::atomic<PluginCallback>& slot_;
  PluginCallback outer_;
};

}  // namespace daxlab
