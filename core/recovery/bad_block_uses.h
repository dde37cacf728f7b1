// What each bad block of a region held: for a person who has to decide what to restore.
#pragma once

#include <vector>

#include "core/recovery/region_check.h"
#include "core/recovery/region_summary.h"
#include "core/region/region.h"

namespace daxlab {

// By block. Where a region is damaged otherwise, whose its data blocks are cannot be said ("not
// known: ..."). A committed log has been replayed before. Stores nothing.
std::vector<BadBlockUse> bad_block_uses(Region& region, const RegionContents& contents);
// As a problem without remedy: the memory is lost, whatever is done to the region.
Problem problem_of(const BadBlockUse& use);

}  // namespace daxlab
