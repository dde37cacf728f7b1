// What this process holds of the kernel's resources at one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/base/sanitized.h"

namespace daxlab {

struct ProcessUse {
  uint64_t memory_bytes = 0;  // anonymous, shared and page tables; free heap is given back first
  uint64_t descriptors = 0;
  uint64_t kernel_mappings = 0;
};

// Not while other threads run. The error names what of /proc cannot be read.
ErrorOr<ProcessUse> measure_this_process();

// The larger of both, part by part.
ProcessUse highest_of(const ProcessUse& one, const ProcessUse& other);

// What may remain without being a leak: heap that is in pieces, and what the C library keeps for
// its next thread. A sanitizer keeps freed memory back, 256 MiB of it and its own tables.
inline constexpr uint64_t memory_slack_bytes = uint64_t{sanitized ? 512 : 8} << 20;
inline constexpr uint64_t kernel_mapping_slack = 8;

// One sentence on what has grown by more than the slack (descriptors: at all); nullopt: nothing
// has.
std::optional<std::string> growth_between(const ProcessUse& begin, const ProcessUse& end);

}  // namespace daxlab
