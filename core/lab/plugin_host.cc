#include "core/lab/plugin_host.h"

#include <immintrin.h>
#include <sys/mman.h>

#include <cstddef>
#include <new>

#include "core/base/counters.h"
#include "daxlab/types.h"

namespace daxlab {

static_assert(sizeof(Mutex) == sizeof(uint32_t));

PluginHost::~PluginHost() {
  for (Piece* piece = pieces_.load(); piece != nullptr;) {
    Piece* next = piece->next;
    munmap(piece, piece->mapped_bytes);
    piece = next;
  }
}

// A plugin's word is a Mutex in all but name: 0 is unlocked in both.
void PluginHost::lock(uint32_t& word) noexcept { reinterpret_cast<Mutex&>(word).lock(); }
void PluginHost::unlock(uint32_t& word) noexcept { reinterpret_cast<Mutex&>(word).unlock(); }
uint32_t PluginHost::shard() noexcept { return thread_shard(); }
void PluginHost::relax() noexcept { _mm_pause(); }

void* PluginHost::arena(uint64_t length_bytes) noexcept {
  if (length_bytes == 0 || length_bytes > uint64_t{1} << 46) return nullptr;
  uint64_t mapped = (length_bytes + page_bytes - 1) / page_bytes * page_bytes + page_bytes;
  void* memory = mmap(nullptr, mapped, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  Piece* piece = new (memory) Piece{.next = pieces_.load(), .mapped_bytes = mapped};
  while (!pieces_.compare_exchange_weak(piece->next, piece)) {
  }
  return static_cast<std::byte*>(memory) + page_bytes;
}

}  // namespace daxlab
