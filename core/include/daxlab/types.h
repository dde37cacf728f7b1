// The nouns that strategies and allocators speak of. All are plain values in pages or blocks of
// 4096 bytes unless the name says otherwise.
#pragma once

#include <cstdint>

namespace daxlab {

inline constexpr uint64_t page_bytes = 4096;
inline constexpr uint64_t block_bytes = page_bytes;
// Most pages that one callback may handle: one page table of the processor (2 MiB).
inline constexpr uint64_t max_fault_pages = 512;
// Longest write that can be published as one: what the region's log has room for.
inline constexpr uint64_t max_atomic_write_bytes = uint64_t{2} << 20;

// A run of file pages [pgoff, pgoff + pages).
struct PageRange {
  uint64_t pgoff = 0;
  uint64_t pages = 0;
  constexpr uint64_t end() const { return pgoff + pages; }
  constexpr bool contains(uint64_t page) const { return page >= pgoff && page - pgoff < pages; }
  friend constexpr bool operator==(const PageRange&, const PageRange&) = default;
};

// A run of file bytes [offset_bytes, offset_bytes + length_bytes).
struct ByteRange {
  uint64_t offset_bytes = 0;
  uint64_t length_bytes = 0;
  constexpr uint64_t end() const { return offset_bytes + length_bytes; }
  friend constexpr bool operator==(const ByteRange&, const ByteRange&) = default;
};

// A run of region blocks [block, block + blocks). Block 0 is the superblock and never holds file
// data, so block 0 in an answer about a file means: these pages are a hole.
struct Extent {
  uint64_t block = 0;
  uint64_t blocks = 0;
  constexpr bool is_hole() const { return block == 0; }
  constexpr uint64_t end() const { return block + blocks; }
  friend constexpr bool operator==(const Extent&, const Extent&) = default;
};

// A page that stands over a hole: of a file's page cache, or a zero page. Owned by the core; a
// strategy holds it for the length of one callback (its own zero page: as long as the strategy).
class Page;

}  // namespace daxlab
