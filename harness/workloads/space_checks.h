// Blocks counted: none lost, none twice.
#pragma once

#include <optional>
#include <string_view>

#include "harness/workloads/workload.h"

namespace daxlab {

// used + free = total. `when` completes the message: "after the last write". No writer runs.
std::optional<Failure> check_accounting(const char* workload, const SpaceUse& use,
                                        std::string_view when);
// Two counts that have to agree in used and free blocks, where these are exact.
std::optional<Failure> check_same_space(const char* workload, const SpaceUse& before,
                                        const SpaceUse& after, std::string_view when);

}  // namespace daxlab
