// Whether the blocks that a recovery says are in use are those that the files hold.
#pragma once

#include <optional>

#include "core/recovery/recovery.h"
#include "core/region/inode_table.h"
#include "core/region/region.h"
#include "harness/crash/crash_verdict.h"

namespace daxlab {

// Counted by BlockMap, not by the check on which recovery relies. Each once, none outside.
std::optional<CrashFinding> judge_accounts(Region& region, const InodeTable& inodes,
                                           const Recovery& recovery);

}  // namespace daxlab
