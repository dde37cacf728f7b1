// Changes of what mappings show, for one file: engine and entries together, in one place.
#pragma once

#include "core/base/source_location.h"
#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"

namespace daxlab {

// What an insertion mapped, from the start of its run on, and what kept it from more: ok where that
// was nothing but the end of the run or of what the page can stand for.
struct Inserted {
  uint64_t pages = 0;
  Status refusal;
};

// Signal-safe. `where` is the caller, for schedules. The caller holds the page locks of the range,
// or the invalidate_lock exclusively.

// Inserts `page` into those pages of the run that are not present; counts those that were, too.
Inserted insert_page(DaxParts& parts, Mapping& mapping, PageRange run, Page* page,
                     SourceLocation where = SourceLocation::current()) noexcept;
// Replaces what is there. All or none.
Inserted insert_blocks(DaxParts& parts, Mapping& mapping, PageRange run, uint64_t first_block,
                       bool writable, SourceLocation where = SourceLocation::current()) noexcept;
// Out of every mapping of the file but `spared` (may be null). An error, which ends the run with a
// message: somewhere the pages still show what they did.
Status unmap_range(DaxParts& parts, SharedFile& file, PageRange range,
                   const Mapping* spared = nullptr,
                   SourceLocation where = SourceLocation::current()) noexcept;
// The same under the invalidate_lock exclusively: near vm.max_map_count whole mappings are emptied,
// which makes room.
Status unmap_range_exclusively(DaxParts& parts, SharedFile& file, PageRange range,
                               SourceLocation where = SourceLocation::current()) noexcept;
// Throws cached pages out of the cache and of every mapping.
void remove_cached(DaxParts& parts, SharedFile& file, PageRange range,
                   SourceLocation where = SourceLocation::current()) noexcept;

}  // namespace daxlab
