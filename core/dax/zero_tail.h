// The bytes between the end of a file and the end of its last page.
#pragma once

#include <cstdint>

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"

namespace daxlab {

// Zeros from `end_bytes` to the next page edge, at most to `limit_bytes`, where the page has a
// block: stores through a mapping can reach past the end, and must not be seen when the file grows
// over them. Persisted. Under invalidate_lock.
void zero_tail(DaxParts& parts, SharedFile& file, uint64_t end_bytes, uint64_t limit_bytes,
               Persist::Where where = Persist::Where::current()) noexcept;
// The same, durable after the next fence(). False: there was nothing to zero.
bool start_zeroing_tail(DaxParts& parts, SharedFile& file, uint64_t end_bytes, uint64_t limit_bytes,
                        Persist::Where where = Persist::Where::current()) noexcept;

}  // namespace daxlab
