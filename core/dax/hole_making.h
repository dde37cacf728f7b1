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

// Any thread, no lock held, not in a fault.
void truncate_file(DaxParts& parts, SharedFile& file, uint64_t size_bytes);
void punch_file(DaxParts& parts, SharedFile& file, ByteRange range);

}  // namespace daxlab
