// Whether there is memory for what is emulated in it: a region in a memfd, a tmpfs that is filled.
#pragma once

#include <cstdint>
#include <optional>

#include "core/base/error_or.h"

namespace daxlab {

// The error says who has how much: the control groups of this process, or the machine. What they
// might have if others gave back some is tried.
std::optional<Error> check_shared_memory(uint64_t region_bytes);

}  // namespace daxlab
