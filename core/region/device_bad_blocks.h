// Bad blocks that the kernel knows of in the memory behind a DAX medium.
#pragma once

#include <cstdint>
#include <filesystem>

#include "core/base/error_or.h"
#include "core/region/bad_blocks.h"
#include "core/region/medium.h"

namespace daxlab {

// Those of the region in the medium's first `region_blocks`; none of memfd and file. Of a file
// its physical extents say where they are. Errors name path and list: the list makes no sense, or
// is not empty and what tells where its sectors lie cannot be read (addresses are for root).
ErrorOr<BadBlocks> device_bad_blocks(const Medium& medium, uint64_t region_blocks,
                                     const std::filesystem::path& root = "/");

}  // namespace daxlab
