// From what a crash left to a region that can be used.
#pragma once

#include <cstdint>
#include <vector>

#include "core/base/error_or.h"
#include "core/region/redo_log.h"
#include "core/region/region.h"
#include "daxlab/types.h"

namespace daxlab {

// What recovery found and did.
struct Recovery {
  std::vector<Extent> used;  // for the allocator: sorted, disjoint, none adjacent
  bool log_replayed = false;
  bool superblock_mended = false;      // one of the two, from the other
  uint64_t freed_past_end_blocks = 0;  // a write or truncate was cut short
};

// Mends a superblock by its twin, replays the log, checks all that is there, frees what lies past
// the ends of files. A crash in here is recovered from by doing it again. Nothing else has used the
// region since it was attached. Error: the region is read-only, or damaged (how often, the first,
// and what to do); then nothing but superblock and log was written.
ErrorOr<Recovery> recover(Region& region);

// Before a region that is only read is looked at: makes the changes of a committed log in this
// process's memory, if its medium keeps stores there. Returns what the log said; if that is
// `committed` and the medium is writable (a feature bit forbids writing), the last atomic write may
// be seen half done.
LogState prepare_to_read(Region& region);

// Writes a superblock that is damaged again from its twin. Whether there was one.
bool mend_superblock(Region& region);

}  // namespace daxlab
