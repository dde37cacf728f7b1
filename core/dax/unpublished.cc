#include "core/dax/unpublished.h"

namespace daxlab {

void give_back(DaxParts& parts, SharedFile& file, const Unpublished& unpublished) {
  if (unpublished.extents.empty()) return;
  file.pins.wait_for_older(unpublished.ticket);
  for (Extent extent : unpublished.extents) {
    parts.dirty.clear(extent);
    parts.allocator.free(extent);
  }
}

}  // namespace daxlab
