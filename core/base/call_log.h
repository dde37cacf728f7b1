// Which plugin callback each thread is in, in memory that another process can read: so that when a
// plugin crashes or never returns, the survivor can name it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "core/base/bus_error_words.h"
#include "core/base/code_place.h"
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
  unload_fault,
  unload_write,
  unload_alloc,  // and its destructors
};

// "fault", "write" or "alloc"; and the function's name ("page_mkwrite"). Never null.
const char* plugin_kind_of(PluginCallback callback) noexcept;
const char* function_of(PluginCallback callback) noexcept;

// What makes an answer, or a deed, of a plugin one that nobody can go on with.
enum class UnsafeKind : uint32_t { answer, lock, call, arena };

// How many host locks the calling thread holds, while calls are watched. Initial-exec, because a
// signal handler must not be the first to touch it in a thread and allocate.
extern constinit thread_local uint32_t host_locks_held __attribute__((tls_model("initial-exec")));

// Trivially destructible, all zeros is valid: may live in shared memory.
struct CallLog {
  struct alignas(64) Slot {
    std::atomic<PluginCallback> callback{PluginCallback::none};
    std::atomic<uint32_t> crashed{0};  // set by a fatal signal taken inside the callback
    // What follows is kept only where calls are watched.
    std::atomic<uint32_t> calls{0};      // begun so far
    std::atomic<uint64_t> waits_for{0};  // address of the host lock's word; 0: for none
  };
  std::array<Slot, thread_shards> slots{};

  // The first unsafe answer or deed of a plugin, in words: one given in a fault may end the process
  // before anybody there can tell. Written once.
  struct UnsafeAnswer {
    std::atomic<uint32_t> written{0};  // 1: being written, 2: set after the rest
    PluginCallback callback = PluginCallback::none;
    UnsafeKind kind = UnsafeKind::answer;
    std::array<char, 256> text{};
    CodePlace place;  // in the plugin; may be unknown
    bool is_written() const noexcept { return written.load(std::memory_order_acquire) == 2; }
  };
  UnsafeAnswer unsafe_answer;
  // Keeps the first only. Any thread, signal-safe.
  void report_unsafe(PluginCallback callback, UnsafeKind kind, const char* text,
                     const void* return_address = nullptr) noexcept;

  // A fatal signal, as the thread that took it saw it.
  struct Crash {
    std::atomic<uint32_t> written{0};
    uint64_t address = 0;  // of the access, for SIGSEGV and SIGBUS that an access raised
    bool is_access = false;
    bool is_store = false;
    CodePlace place;
  };
  Crash crash;

  // Memory that a host lent: what an access that crashed may have missed.
  struct Arena {
    std::atomic<uint64_t> start{0};  // 0: no arena
    uint64_t length_bytes = 0;
    PluginCallback asked_in = PluginCallback::none;
  };
  std::array<Arena, 64> arenas{};  // further ones are not noted

  // `note`: a lock that is held when a callback returns is an unsafe deed. `end`: it ends the
  // process, too. Both count calls. Set before there are threads.
  enum Watch : uint32_t { off, note, end };
  void watch(Watch how) noexcept;
  bool is_watched() const noexcept { return how_watched() != off; }
  uint32_t how_watched() const noexcept { return watched.how.load(std::memory_order_relaxed); }
  // Asked in every call and lock: nobody writes to its cache line once there are threads.
  struct alignas(64) Watched {
    std::atomic<uint32_t> how{off};
  };
  Watched watched;
  // Host locks that are held, while calls are watched.
  struct HeldLock {
    std::atomic<uint64_t> word{0};  // its address; 0: none
    std::atomic<uint64_t> thread{0};
    std::atomic<PluginCallback> callback{PluginCallback::none};  // that took it
    std::atomic<const void*> return_address{nullptr};            // of its call of lock()
  };
  std::array<HeldLock, 128> held_locks{};
  // More were held at once: nobody is accused of giving back what he did not take.
  std::atomic<bool> locks_unnoted{false};

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

  // For InPlugin, where calls are watched.
  void begin_call(Slot& slot) noexcept;
  void end_call(Slot& slot, PluginCallback callback, uint32_t held_before) noexcept;
};

// Names the callback for the length of a scope. Signal-safe; nests.
class InPlugin {
 public:
  InPlugin(CallLog& log, PluginCallback callback) noexcept
      : log_(log),
        slot_(log.slots[thread_shard()]),
        outer_(slot_.callback.load(std::memory_order_relaxed)) {
    slot_.callback.store(callback, std::memory_order_relaxed);
    if (!log_.is_watched()) [[likely]]
      return;
    held_before_ = host_locks_held;
    log_.begin_call(slot_);
  }
  ~InPlugin() {
    if (log_.is_watched()) [[unlikely]] {
      log_.end_call(slot_, slot_.callback.load(std::memory_order_relaxed), held_before_);
    }
    slot_.callback.store(outer_, std::memory_order_relaxed);
  }
  InPlugin(const InPlugin&) = delete;
  InPlugin& operator=(const InPlugin&) = delete;

 private:
  CallLog& log_;
  CallLog::Slot& slot_;
  PluginCallback outer_;
  uint32_t held_before_ = 0;
};

}  // namespace daxlab
