#include "core/sync/schedule.h"

#include <array>
#include <cstddef>

namespace daxlab {
namespace {

// A plain pointer in initial-exec TLS of the executable: touching it in a fault allocates nothing.
constinit thread_local Schedule* schedule __attribute__((tls_model("initial-exec"))) = nullptr;

constexpr std::array<const char*, static_cast<size_t>(StepKind::count)> names = {
    "lock",       "unlock",  "lock_shared", "unlock_shared", "load",     "store",
    "find_block", "publish", "insert",      "unmap",         "allocate", "free",
    "zero",       "copy",    "flush",       "fence",         "relax"};

}  // namespace

const char* name_of(StepKind kind) noexcept { return names[static_cast<size_t>(kind)]; }

Schedule* schedule_of_thread() noexcept { return schedule; }
void set_schedule_of_thread(Schedule* of_thread) noexcept { schedule = of_thread; }

}  // namespace daxlab
