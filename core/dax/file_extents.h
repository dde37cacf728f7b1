// Which blocks a range of a file has.
#pragma once

#include <vector>

#include "core/file/file_extent.h"
#include "core/region/block_map.h"
#include "daxlab/types.h"

namespace daxlab {

// Under the file's invalidate_lock, shared. Throws std::bad_alloc.
std::vector<FileExtent> extents_in(const BlockMap& map, PageRange range);

}  // namespace daxlab
