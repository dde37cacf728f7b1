// Kernel mappings under one run of a mapping's pages: mmap, mprotect and madvise with a Status.
#pragma once

#include <cstdint>

#include "core/dax/mapping.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

inline void* pointer(uint64_t address) { return reinterpret_cast<void*>(address); }

// All signal-safe; runs lie inside the mapping. no_mappings at vm.max_map_count.

// Replaces what is at the run. On failure Linux leaves the old mapping (older kernels may not
// have).
Status map_over(const Mapping& mapping, PageRange run, int protection, int flags, int descriptor,
                uint64_t offset_bytes) noexcept;
// The same by addresses without access.
Status map_no_access(const Mapping& mapping, PageRange run) noexcept;
Status protect(uint64_t address, uint64_t length_bytes, int protection) noexcept;
// Takes the pages out of anonymous memory or of the page cache's, which stays mapped and armed.
Status drop_pages(uint64_t address, uint64_t length_bytes) noexcept;

}  // namespace daxlab
