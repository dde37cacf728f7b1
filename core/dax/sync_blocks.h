// Making stores through mappings durable.
#pragma once

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"

namespace daxlab {

// Flushes every block of the range that was mapped writable since it was last flushed without being
// so; one fence at the end. Pages stay writable and are flushed again next time: taking the
// permission away would cost a fault each, which is some twenty flushes of a page. Any thread, not
// in a fault.
void sync_blocks(DaxParts& parts, SharedFile& file, PageRange range);

}  // namespace daxlab
