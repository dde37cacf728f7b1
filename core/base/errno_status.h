// The one place where errno becomes a Status or a message.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/base/error_or.h"
#include "daxlab/status.h"

namespace daxlab {

// Signal-safe.
Status status_from_errno(int error_number) noexcept;

// Descriptors or memory are used up.
bool is_shortage(int error_number) noexcept;

// "memfd_create(region): Cannot allocate memory", a shortage. Where a limit of this process or of
// its control groups explains it, with that, and what to do (core/base/process_limits.h).
// `wanted_bytes`: what was asked for; 0: little.
Error error_from_errno(std::string_view what, int error_number, uint64_t wanted_bytes = 0);

}  // namespace daxlab
