#include "core/dax/file_extents.h"

namespace daxlab {

std::vector<FileExtent> extents_in(const BlockMap& map, PageRange range) {
  std::vector<FileExtent> extents;
  uint64_t pgoff = map.next_block(range);
  while (pgoff < range.end()) {
    const Extent extent = map.find_extent({pgoff, range.end() - pgoff});
    if (!extent.is_hole()) append_extent(extents, {pgoff, extent.block, extent.blocks});
    pgoff += extent.blocks;
    pgoff = map.next_block({pgoff, range.end() - pgoff});
  }
  return extents;
}

}  // namespace daxlab
