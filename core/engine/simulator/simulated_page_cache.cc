#include "core/engine/simulator/simulated_page_cache.h"

#include <cstring>
#include <utility>

#include "core/base/no_memory.h"
#include "core/region/layout.h"

namespace daxlab {

SimulatedPageCache::~SimulatedPageCache() {
  counters_.raise(Peak::page_cache_pages, -static_cast<int64_t>(pages_.size()));
}

Status SimulatedPageCache::add(uint64_t pgoff) {
  return or_no_memory([&] {
    auto [at, fresh] = pages_.try_emplace(pgoff);
    if (!fresh) return;
    try {
      if (spare_.empty()) {
        // Removing needs no memory then.
        if (spare_.capacity() < pages_.size()) spare_.reserve(2 * pages_.size());
        at->second = std::make_unique<Page>();
      } else {
        at->second = std::move(spare_.back());
        spare_.pop_back();
        at->second->bytes.fill(std::byte{});
      }
    } catch (const std::bad_alloc&) {
      pages_.erase(at);
      throw;
    }
    at->second->pgoff = pgoff;
    counters_.raise(Peak::page_cache_pages, 1);
  });
}

Status SimulatedPageCache::remove(PageRange range) {
  auto page = pages_.lower_bound(range.pgoff);
  while (page != pages_.end() && page->first < range.end()) {
    spare_.push_back(std::move(page->second));
    page = pages_.erase(page);
    counters_.raise(Peak::page_cache_pages, -1);
  }
  return {};
}

uint64_t SimulatedPageCache::next(uint64_t pgoff) const {
  auto page = pages_.lower_bound(pgoff);
  return page == pages_.end() ? max_file_pages : page->first;
}

std::byte* SimulatedPageCache::address_of(uint64_t pgoff) const {
  return pages_.at(pgoff)->bytes.data();
}

uint64_t SimulatedPageCache::pgoff_of(const std::byte* bytes) {
  uint64_t pgoff;
  std::memcpy(&pgoff, bytes + offsetof(Page, pgoff), sizeof pgoff);
  return pgoff;
}

}  // namespace daxlab
