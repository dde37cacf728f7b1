// What is on a medium, looked at without harm: no hole of a file gets space by it, and no bad block
// of a device is loaded from, which would be a bus error.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/error_or.h"
#include "core/region/medium.h"
#include "core/region/superblock.h"

namespace daxlab {

// Errors have no path.

uint64_t blocks_of(const Medium& medium);  // whole ones

// Whether overwriting it would destroy a region. The error also: that cannot be told, since what it
// would be known by is lost.
ErrorOr<bool> holds_region(const Medium& medium);
ErrorOr<FoundSuperblock> superblock_of(const Medium& medium);
// A device of zeros, but for bad blocks, which hold nothing. A file of zeros may be somebody's.
ErrorOr<bool> is_blank(const Medium& medium);
// What it starts with, for a person to know it by: "it starts with the text 'dear diary'".
std::string first_bytes(const Medium& medium);

// How its bad blocks become usable.
std::string how_to_clear(const Medium& medium);

}  // namespace daxlab
