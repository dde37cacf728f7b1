// The page cache of a file as the processor can map it: a memfd, pages at the file's offsets. Bits
// say which pages the cache has; their memory appears when they are mapped.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/counters.h"
#include "core/dax/page_cache.h"
#include "core/sync/sync.h"

namespace daxlab {

class Mapping;

class MemfdPageCache final : public PageCache {
 public:
  explicit MemfdPageCache(Counters& counters) : counters_(counters) {}
  ~MemfdPageCache() override;

  // Makes the memfd at first use. no_memory.
  Status open() override;
  int descriptor() const { return descriptor_.load(std::memory_order_acquire); }  // -1: not open

  bool has(uint64_t pgoff) const override;
  Status add(uint64_t pgoff) override;
  // Gives pages of the cache their memory now, where they are mapped without the engine's asking.
  Status fill(PageRange range);
  // With the memory pages go out of every kernel mapping of the memfd.
  Status remove(PageRange range) override;
  bool removes_from_mappings() const override { return true; }
  uint64_t pages() const override { return pages_.load(std::memory_order_relaxed); }
  uint64_t next(uint64_t pgoff) const override;
  // Found at first use, which is not in a fault: addresses for all that a file can have.
  std::byte* address_of(uint64_t pgoff) const override;

 private:
  Status make();
  void zero(PageRange range);
  std::atomic<uint64_t>& word_of(uint64_t pgoff) const { return bits_[pgoff / 64]; }

  Counters& counters_;
  mutable Mutex opening_;
  std::atomic<int> descriptor_{-1};
  mutable std::atomic<std::byte*> bytes_{nullptr};
  std::atomic<uint64_t>* bits_ = nullptr;  // one per page up to max_file_pages, memory as touched
  std::atomic<uint64_t> pages_{0};
  std::atomic<uint64_t> highest_{0};  // no page at or beyond it
};

// Of the file that a mapping of the mmu engine shows.
MemfdPageCache& memfd_page_cache_of(const Mapping& mapping);

}  // namespace daxlab
