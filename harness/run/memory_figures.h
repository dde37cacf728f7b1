// What a process was seen to use at one moment.
#pragma once

#include <cstdint>

namespace daxlab {

struct MemoryFigures {
  uint64_t anonymous_bytes = 0;  // this process's share of anonymous pages
  uint64_t page_table_bytes = 0;
  // Blocks of page-cache memfds; baseline: of the files in its folder, data and holes alike.
  uint64_t page_cache_bytes = 0;
  // Nodes that the kernel keeps of page caches and DAX mappings, of the whole machine; not in the
  // total. Known to root alone.
  uint64_t slab_bytes = 0;
  bool slab_known = false;
  uint64_t shared_bytes = 0;  // mapped shared memory, the region's blocks too: not in the total

  uint64_t total_bytes() const { return anonymous_bytes + page_table_bytes + page_cache_bytes; }
};

}  // namespace daxlab
