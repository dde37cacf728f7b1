// What a region says about itself, and whether to believe it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/base/error_or.h"
#include "core/region/bad_blocks.h"
#include "core/region/layout.h"

namespace daxlab {

inline constexpr uint64_t min_region_bytes = 64 * 1024;
inline constexpr uint64_t max_region_bytes = uint64_t{1} << 42;  // 4 TiB

// A multiple of block_bytes within the limits; else what is wrong with it.
std::optional<Error> check_region_size(uint64_t size_bytes);

// `fixed`: always the same one, for regions in memory of a simulation, whose runs are to be the
// same to the byte, and which nobody has to tell apart.
enum class RegionUuid { random, fixed };

// For a region of that many blocks, with a new UUID, sealed.
Superblock make_superblock(uint64_t blocks, RegionUuid uuid = RegionUuid::random);

// Untrusted bytes; nothing is believed that does not fit into `medium_bytes`.
enum class SuperblockState {
  good,
  absent,         // no magic: not a daxlab region
  damaged,        // the checksum is wrong, or what it says is impossible
  too_new,        // another version, or a feature that must be known
  beyond_medium,  // good, but the medium is shorter than the region
};
SuperblockState state_of(const Superblock& superblock, uint64_t medium_bytes);

// The superblock of a medium, from its first block or else from the copy in its last, and how both
// are.
struct FoundSuperblock {
  Superblock superblock;
  bool primary_is_good = false;
  bool copy_is_good = false;
  bool read_only = false;  // a feature bit asks for it
};
// The error says what the medium is instead, and what to do: also where one of the two is intact
// and of another version. Only `bytes` are read, and no bad blocks, which hold nothing: in their
// place are zeros.
ErrorOr<FoundSuperblock> find_superblock(std::span<const std::byte> bytes,
                                         const BadBlocks& bad = {});
// Whether overwriting the medium would destroy a region: either superblock has the magic.
bool looks_like_region(std::span<const std::byte> bytes, const BadBlocks& bad = {});

// The same of a plain file that is open for reading, of `file_bytes`. Looking at it through a
// mapping could give its holes space. Errors also: what the kernel said, without a path.
ErrorOr<FoundSuperblock> find_superblock(int descriptor, uint64_t file_bytes);
ErrorOr<bool> looks_like_region(int descriptor, uint64_t file_bytes);

// "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
std::string uuid_text(const Superblock& superblock);

}  // namespace daxlab
