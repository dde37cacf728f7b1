// Taking blocks out of a file.
//
// Order: unmap from every mapping, unpublish and persist, wait for readers and writers that still
// copy, then give back to the allocator. The first two under invalidate_lock exclusive, so that no
// fault maps the blocks again in between; the wait after it, because the ones waited for may need
// it.
#pragma once

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"

namespace daxlab {

// Any thread, no lock held, not in a fault. On an error nothing has changed: no_memory; what kept a
// mapping from letting go of the pages, which also ends the run.
Status truncate_file(DaxParts& parts, SharedFile& file, uint64_t size_bytes);
Status punch_file(DaxParts& parts, SharedFile& file, ByteRange range);

}  // namespace daxlab
