// Where a file's next block should be, as a wish to the allocator.
#pragma once

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"

namespace daxlab {

// The block that keeps the pages of an aligned 2 MiB together and in order, whatever the order in
// which they are written: beside those that have blocks; and where none has, the page's place in
// 2 MiB of the region that are free. Else each page that is written alone would be an extent, and a
// kernel mapping, of its own. 0: anywhere; so it is in a file below 2 MiB, for each of those would
// break up a run of the region. A file's own wish (SharedFile::block_shift) moves the place, and
// goes for small files, too. Under invalidate_lock; signal-safe.
uint64_t goal_for(DaxParts& parts, SharedFile& file, uint64_t pgoff) noexcept;

}  // namespace daxlab
