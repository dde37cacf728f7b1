// After a store or write completes, every later load or read of that word, through any mapping,
// sees it; some order explains all results. A hole reads as zeros.
#pragma once

#include <optional>

#include "harness/judges/evidence.h"

namespace daxlab {

// One thread: every answer, and what files and views show at the end, is the model's.
std::optional<Verdict> judge_coherence(const SequentialEvidence& evidence);
// Several: each word has an order of the operations on it that explains every answer
// (harness/histories/linearizability.h). Operations that found no space did nothing.
std::optional<Verdict> judge_coherence(const ConcurrentEvidence& evidence);

}  // namespace daxlab
