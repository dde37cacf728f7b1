// All judges that are wanted on one run.
#pragma once

#include <optional>

#include "harness/judges/evidence.h"

namespace daxlab {

// The first promise that was broken: of the earliest operation, since later ones suffer from it; of
// several there, the most specific. Whose bytes were shown (isolation) says more than what the page
// cache holds (zero-page-cache); that, what a full region did (enospc); that, which blocks are
// missing (accounting); and a wrong word (coherence) may come of any of them. Several threads: at
// rest nothing is earlier than another, so only the second rule counts.
//
// Durability and parity need more than one run: harness/crash, judge_parity.
std::optional<Verdict> judge_all(const SequentialEvidence& evidence, const JudgeSet& judges = {});
std::optional<Verdict> judge_all(const ConcurrentEvidence& evidence, const JudgeSet& judges = {});

}  // namespace daxlab
