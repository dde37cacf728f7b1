// The page cache of one file: zero pages over holes, one per offset, in a memfd at the file's
// offsets. Bits say which pages the cache has; their memory appears when they are mapped.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "core/base/counters.h"
#include "core/sync/sync.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Signal-safe, any thread. A page's calls happen under its page lock.
class PageCache {
 public:
  explicit PageCache(Counters& counters) : counters_(counters) {}
  ~PageCache();
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  // Makes the memfd at first use. no_memory.
  Status open();
  int descriptor() const { return descriptor_.load(std::memory_order_acquire); }  // -1: not open

  bool has(uint64_t pgoff) const;
  Status add(uint64_t pgoff);
  // Gives pages of the cache their memory now, where they are mapped without the engine's asking.
  Status fill(PageRange range);
  // Gives the memory back, and with it takes the pages out of every kernel mapping of the memfd. An
  // error: the pages are no longer the cache's, but still mapped, and their memory goes another
  // time.
  Status remove(PageRange range);
  uint64_t pages() const { return pages_.load(std::memory_order_relaxed); }
  // The first cached page at or after `pgoff`; max_file_pages when there is none.
  uint64_t next(uint64_t pgoff) const;

  // The bytes of a page, for the simulator's loads and for buffered writes.
  std::byte* address_of(uint64_t pgoff) const { return bytes_ + pgoff * page_bytes; }

 private:
  Status make();
  void zero(PageRange range);
  std::atomic<uint64_t>& word_of(uint64_t pgoff) const { return bits_[pgoff / 64]; }

  Counters& counters_;
  Mutex opening_;
  std::atomic<int> descriptor_{-1};
  std::byte* bytes_ = nullptr;
  std::atomic<uint64_t>* bits_ = nullptr;  // one per page up to max_file_pages, memory as touched
  std::atomic<uint64_t> pages_{0};
  std::atomic<uint64_t> highest_{0};  // no page at or beyond it
};

}  // namespace daxlab
