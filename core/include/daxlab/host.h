// What the core lends to a plugin. Fault callbacks run in signal context, where malloc and
// std::mutex may deadlock: a plugin that needs a lock or memory there takes it from its host.
//
// On the simulator, threads are simulated on one real thread, and take turns where they block, give
// way or call the core. Of a plugin's own synchronisation these belong to the simulation: what is
// below; mutexes, reader-writer and spin locks, condition variables, sleeping and yielding of the C
// library, and so std::mutex, std::shared_mutex, std::condition_variable, std::this_thread; and its
// clocks. Not simulated: std::atomic (no thread loses its turn at a load or store of one);
// std::atomic::wait, std::latch, std::barrier, std::counting_semaphore, std::call_once and futexes
// (waiting for another simulated thread there hangs, for it stops them all); thread_local (all
// simulated threads see the same variable); and threads of the plugin's own.
#pragma once

#include <cstdint>

namespace daxlab {

class Host {
 public:
  // Thread context for all: any thread, also inside a fault callback.

  // A lock in a word of the plugin's own, 0 when free; sleeps when contended. Not recursive, and
  // released by the thread that holds it, before the callback returns. Hold it across no call of
  // FaultOps or WriteOps.
  virtual void lock(uint32_t& word) noexcept = 0;
  virtual void unlock(uint32_t& word) noexcept = 0;

  // A small number that the calling thread keeps: an index for per-thread data, in place of
  // thread_local (whose first touch allocates). Distinct among the first 64 threads, then shared.
  virtual uint32_t shard() noexcept = 0;

  // To be called in each turn of a spin loop: lets a simulated thread give way.
  virtual void relax() noexcept = 0;

  // Zeroed memory, aligned to a page, that lives as long as the plugin instance; nullptr when there
  // is none, or length_bytes is 0. What lies behind it is nobody's: a plugin that writes there is
  // found out. It takes memory when it is touched first. There is no call to
  // give it back: take it in `create` or `init`.
  virtual void* arena(uint64_t length_bytes) noexcept = 0;

 protected:
  ~Host() = default;
};

}  // namespace daxlab
