// Bad blocks that the kernel knows of in the memory behind a DAX medium.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "core/base/error_or.h"
#include "core/region/bad_blocks.h"
#include "core/region/fsdax_file.h"
#include "core/region/medium.h"

namespace daxlab {

// Those of the region in the medium's first `region_blocks`; none of memfd and file. Of a file its
// physical extents say where they are. Errors name the list: it is there and cannot be read, or
// makes no sense, or is not empty and what tells where its sectors lie cannot be read (addresses
// are for root).
ErrorOr<BadBlocks> device_bad_blocks(const Medium& medium, uint64_t region_blocks);

// Parts of it: `device` is a device's folder in sysfs. Of a file in the block device:
using FindExtents = std::function<ErrorOr<std::vector<PhysicalExtent>>()>;
ErrorOr<BadBlocks> bad_blocks_of_file(const std::filesystem::path& device,
                                      const FindExtents& find_extents, uint64_t region_blocks);
// Of a character device:
ErrorOr<BadBlocks> bad_blocks_of_device(const std::filesystem::path& device,
                                        uint64_t region_blocks);

}  // namespace daxlab
