// How the bytes of a medium come into memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/base/error_or.h"
#include "core/region/medium_kind.h"

namespace daxlab {

// Flags of a mapping that shows the medium to all: the one place that decides.
int shared_mapping_flags(MediumKind kind) noexcept;

// The first `size_bytes` of a medium; of persistent memory at a multiple of 2 MiB, so that the
// kernel can show it by entries of that size. What is mapped read_only keeps stores in this
// process, or takes none (devdax). The caller unmaps. The error begins with `what`.
ErrorOr<std::span<std::byte>> map_medium(MediumKind kind, Access access, int descriptor,
                                         uint64_t size_bytes, const std::string& what);

}  // namespace daxlab
