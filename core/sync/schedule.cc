#include "core/sync/schedule.h"

#include <array>
#include <cstddef>

namespace daxlab {

constinit thread_local Schedule* schedule_here = nullptr;

namespace {

constexpr std::array<const char*, static_cast<size_t>(StepKind::count)> names = {
    "lock",       "try_lock", "unlock", "lock_shared", "unlock_shared", "load", "store",
    "find_block", "publish",  "insert", "unmap",       "allocate",      "free", "zero",
    "copy",       "flush",    "fence",  "wait",        "relax"};

}  // namespace

const char* name_of(StepKind kind) noexcept { return names[static_cast<size_t>(kind)]; }

}  // namespace daxlab
