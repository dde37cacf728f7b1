// The page cache of one file: zero pages over holes, one per offset. What they are made of is the
// engine's business.
#pragma once

#include <cstddef>
#include <cstdint>

#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

// Signal-safe, any thread. A page's calls happen under its page lock.
class PageCache {
 public:
  PageCache() = default;
  virtual ~PageCache() = default;
  PageCache(const PageCache&) = delete;
  PageCache& operator=(const PageCache&) = delete;

  // Before mappings with pages of it are made; add() does so too. no_memory.
  virtual Status open() = 0;

  virtual bool has(uint64_t pgoff) const = 0;
  // A page of zeros, unless there is one. no_memory.
  virtual Status add(uint64_t pgoff) = 0;
  // Gives pages and their memory back. An error: they are no longer the cache's, but still mapped,
  // and their memory goes another time.
  virtual Status remove(PageRange range) = 0;
  // Whether remove() takes pages out of all mappings that have the cache as their backing, too.
  virtual bool removes_from_mappings() const = 0;
  virtual uint64_t pages() const = 0;
  // The first cached page at or after `pgoff`; max_file_pages when there is none.
  virtual uint64_t next(uint64_t pgoff) const = 0;

  // The bytes of a page that the cache has, for the simulator's loads and for buffered writes.
  // nullptr: no addresses for them, which the simulator always has.
  virtual std::byte* address_of(uint64_t pgoff) const = 0;
};

}  // namespace daxlab
