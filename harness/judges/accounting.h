// Used + free = all blocks, after every operation.
#pragma once

#include <optional>

#include "harness/judges/evidence.h"

namespace daxlab {

// After every operation: used + free = all; used no more than the files that are left can need;
// nothing used by an operation that only frees. When all files are gone: as at first. Also an
// unsafe answer of an allocator (a block handed out twice, or outside the region).
std::optional<Verdict> judge_accounting(const SequentialEvidence& evidence);
std::optional<Verdict> judge_accounting(const ConcurrentEvidence& evidence);

}  // namespace daxlab
