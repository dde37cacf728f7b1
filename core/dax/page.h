// Pages that stand over holes. A strategy holds them as opaque handles.
#pragma once

#include <atomic>
#include <cstdint>

#include "core/sync/sync.h"
#include "daxlab/types.h"

namespace daxlab {

// A zero page that serves every offset. Its index says where it was inserted last, as the `index`
// of a struct page would: right for one offset, plausibly wrong for all others.
class Page {
 public:
  std::atomic<uint64_t> index{0};
  Mutex lock;
};

// A page of a file's page cache serves one offset for its whole life, so its handle is that offset
// and no object is kept per page. The low bit tells it from a pointer to a zero page.
inline Page* cached_page_handle(uint64_t pgoff) {
  return reinterpret_cast<Page*>(static_cast<uintptr_t>(pgoff << 1 | 1));
}
inline bool is_cached_page(const Page* page) {
  return (reinterpret_cast<uintptr_t>(page) & 1) != 0;
}
inline uint64_t index_of(const Page* page) {
  if (is_cached_page(page)) return reinterpret_cast<uintptr_t>(page) >> 1;
  return page->index.load(std::memory_order_relaxed);
}

// Which of its pages the strategies' own zero page shows at an offset: neighbours show neighbours.
inline uint64_t own_zero_frame(uint64_t pgoff) { return pgoff % max_fault_pages; }

// The two zero pages of a lab: the kernel's, and the strategies' own one, which is a memfd of
// max_fault_pages pages so that a run of holes takes one kernel mapping for each aligned 2 MiB.
struct ZeroPages {
  Page kernel;
  Page own;
  int own_descriptor = -1;  // none under the simulator, where nothing needs to be mapped
};

}  // namespace daxlab
