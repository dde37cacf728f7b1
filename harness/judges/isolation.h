// No byte of a freed or foreign block is ever visible.
#pragma once

#include <optional>

#include "harness/judges/evidence.h"

namespace daxlab {

// Every word that was seen is 0 or was once given to this word of this file. What is not names its
// origin where it can: another file or an earlier one of that name, a place of this file that was
// freed, a free block. A word of this file that is only in the wrong place is for coherence.
//
// Also an unsafe answer of a fault or write strategy, which the core refused to follow: it would
// have shown or changed blocks that it was not given.
std::optional<Verdict> judge_isolation(const SequentialEvidence& evidence);
std::optional<Verdict> judge_isolation(const ConcurrentEvidence& evidence);

}  // namespace daxlab
