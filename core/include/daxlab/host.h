// What the core lends to a plugin. Fault callbacks run in signal context, where malloc and
// std::mutex may deadlock: a plugin that needs a lock or memory there takes it from its host.
#pragma once

#include <cstdint>

namespace daxlab {

class Host {
 public:
  // Thread context for all: any thread, also inside a fault callback.

  // A lock in a word of the plugin's own, 0 when free; sleeps when contended. Not recursive. Hold
  // it across no call into the core.
  virtual void lock(uint32_t& word) noexcept = 0;
  virtual void unlock(uint32_t& word) noexcept = 0;

  // A small number that the calling thread keeps: an index for per-thread data, in place of
  // thread_local (whose first touch allocates). Distinct among the first 64 threads, then shared.
  virtual uint32_t shard() noexcept = 0;

  // To be called in each turn of a spin loop: lets a simulated thread give way.
  virtual void relax() noexcept = 0;

  // Zeroed memory, aligned to a page, that lives as long as the plugin instance; nullptr when there
  // is none. There is no call to give it back: take it in `create` or `init`.
  virtual void* arena(uint64_t length_bytes) noexcept = 0;

 protected:
  ~Host() = default;
};

}  // namespace daxlab
