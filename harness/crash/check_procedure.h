// Crashes while one thing is done to a whole region: formatting, recovery, repair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

#include "core/region/region.h"
#include "harness/crash/crash_verdict.h"
#include "harness/crash/persist_trace.h"

namespace daxlab {

// Looks at what a crash left, in memory that it may store to. `is_over`: the procedure had
// returned.
using ImageJudge =
    std::function<std::optional<CrashFinding>(std::span<std::byte> image, bool is_over)>;

// Just before each fence of the trace, and when it is over: the image without any unfenced line,
// and as many others, by seeds. The finding says where.
CrashVerdict check_procedure(std::span<const std::byte> before, const PersistTrace& trace,
                             const ImageJudge& judge, uint64_t subsets, uint64_t seed);

// Whether anything was stored in it.
bool stores_something(const PersistTrace& trace);

}  // namespace daxlab
