// Cached pages are clean, and only over holes: looked at between operations, and when all threads
// have ended.
#pragma once

#include <optional>

#include "harness/judges/evidence.h"

namespace daxlab {

std::optional<Verdict> judge_zero_page_cache(const SequentialEvidence& evidence);
std::optional<Verdict> judge_zero_page_cache(const ConcurrentEvidence& evidence);

}  // namespace daxlab
