// One file of a recovered image beside what is legal for it.
#pragma once

#include <optional>
#include <string>

#include "core/region/inode_table.h"
#include "core/region/region.h"
#include "harness/crash/crash_verdict.h"
#include "harness/crash/legal_file.h"

namespace daxlab {

struct LegalStates {
  const LegalFile& before;
  const LegalFile& after;  // the operation in flight; the same as before when there is none
  ByteRange at_once;       // of a write that may not be cut in two; empty otherwise
};

// Size and every word of an inode's file; the first that is not legal.
std::optional<CrashFinding> compare_file(Region& region, const InodeTable& inodes, uint32_t number,
                                         const LegalStates& legal);

}  // namespace daxlab
