// Where a file's pages lie: what FIEMAP tells of a file of the kernel's.
#pragma once

#include <cstdint>
#include <vector>

namespace daxlab {

// File pages [pgoff, pgoff + pages) are in blocks [block, block + pages). One kernel mapping can
// show all of them.
struct FileExtent {
  uint64_t pgoff = 0;
  uint64_t block = 0;
  uint64_t pages = 0;
  friend constexpr bool operator==(const FileExtent&, const FileExtent&) = default;
};

// Lengthens the last extent where this one goes on, in the file and in the region.
inline void append_extent(std::vector<FileExtent>& extents, FileExtent next) {
  if (!extents.empty()) {
    FileExtent& last = extents.back();
    if (last.pgoff + last.pages == next.pgoff && last.block + last.pages == next.block) {
      last.pages += next.pages;
      return;
    }
  }
  extents.push_back(next);
}

}  // namespace daxlab
