#include "core/region/superblock.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <functional>
#include <random>

#include "core/base/errno_status.h"
#include "core/region/checksum.h"

namespace daxlab {
namespace {

constexpr uint64_t inodes_per_block = block_bytes / sizeof(Inode);
constexpr uint64_t max_inodes = uint64_t{1} << 20;

uint64_t checksum_of_fields(const Superblock& superblock) {
  return checksum_of(
      std::as_bytes(std::span(&superblock, 1)).first(offsetof(Superblock, checksum)));
}

// One inode to 16 blocks, in whole blocks of the table.
uint64_t inode_table_blocks_for(uint64_t blocks) {
  uint64_t inodes = std::clamp<uint64_t>(blocks / 16, 32, 65536);
  return (inodes + inodes_per_block - 1) / inodes_per_block;
}

// Random bits, or none, marked as a UUID of version 4.
void fill_with_uuid(uint8_t (&uuid)[16], RegionUuid kind) {
  if (kind == RegionUuid::random) {
    std::random_device random;
    for (size_t i = 0; i < sizeof uuid; i += sizeof(uint32_t)) {
      uint32_t bits = random();
      std::memcpy(uuid + i, &bits, sizeof bits);
    }
  }
  uuid[6] = static_cast<uint8_t>((uuid[6] & 0x0f) | 0x40);
  uuid[8] = static_cast<uint8_t>((uuid[8] & 0x3f) | 0x80);
}

// The parts lie one after the other, each large enough. Differences, so that no sum can wrap.
bool has_possible_geometry(const Superblock& super) {
  if (super.block_bytes != block_bytes || super.blocks < min_region_bytes / block_bytes ||
      super.blocks > max_region_bytes / block_bytes) {
    return false;
  }
  if (super.log_block != 1 || super.log_blocks < log_blocks || super.log_blocks > super.blocks ||
      super.inode_table_block != super.log_block + super.log_blocks ||
      super.first_data_block <= super.inode_table_block ||
      super.end_data_block != super.blocks - 1 || super.first_data_block >= super.end_data_block) {
    return false;
  }
  uint64_t table_blocks = super.first_data_block - super.inode_table_block;
  return super.inode_count >= 1 && super.inode_count <= max_inodes &&
         super.inode_count <= table_blocks * inodes_per_block;
}

// Where superblocks are read from: an offset lies inside.
using ReadSuperblock = std::function<Superblock(uint64_t offset_bytes)>;

ReadSuperblock reader_of(std::span<const std::byte> bytes, const BadBlocks& bad) {
  return [bytes, &bad](uint64_t offset_bytes) {
    Superblock superblock{};
    if (bad.has(offset_bytes / block_bytes)) return superblock;
    std::memcpy(&superblock, bytes.data() + offset_bytes, sizeof superblock);
    return superblock;
  };
}

// Zeros, and `problem`, where it cannot be read.
ReadSuperblock reader_of(int descriptor, std::optional<Error>& problem) {
  return [descriptor, &problem](uint64_t offset_bytes) {
    Superblock superblock{};
    const ssize_t count =
        pread(descriptor, &superblock, sizeof superblock, static_cast<off_t>(offset_bytes));
    if (count == ssize_t{sizeof superblock}) return superblock;
    problem = count < 0 ? error_from_errno("reading it", errno)
                        : Error{"it was cut while it was read; try again"};
    return Superblock{};
  };
}

// A medium may be longer than its region, and a damaged first superblock cannot say by how much:
// then the copy is looked for at the medium's end only.
uint64_t copy_offset(uint64_t medium_bytes) {
  return medium_bytes / block_bytes * block_bytes - block_bytes;
}

Error error_about(const Superblock& superblock, SuperblockState state, uint64_t medium_bytes) {
  switch (state) {
    case SuperblockState::absent:
      return {"not a daxlab region; create one, or give the path of one"};
    case SuperblockState::too_new:
      return {fmt::format(
          "a daxlab region of version {} with features {:#x}, which this program does not "
          "know; use a newer daxlab",
          superblock.version, superblock.features_incompatible)};
    case SuperblockState::beyond_medium:
      return {fmt::format(
          "a daxlab region of {} blocks of {} bytes, but only {} bytes are there: it was "
          "cut; bring back the whole file",
          superblock.blocks, block_bytes, medium_bytes)};
    default:
      return {
          "a daxlab region whose superblock and its copy are both damaged; nothing can be read"};
  }
}

// Not damage: another program wrote it so.
bool is_newer(const Superblock& super) {
  return super.magic == region_magic && super.checksum == checksum_of_fields(super) &&
         (super.version != format_version || super.features_incompatible != 0);
}

Error error_about_short(const ReadSuperblock& read, uint64_t medium_bytes) {
  if (medium_bytes >= sizeof(Superblock)) {
    Superblock primary = read(0);
    SuperblockState state = state_of(primary, medium_bytes);
    if (state != SuperblockState::absent) return error_about(primary, state, medium_bytes);
  }
  return {fmt::format("not a daxlab region: only {} bytes; create one, or give the path of one",
                      medium_bytes)};
}

ErrorOr<FoundSuperblock> find(const ReadSuperblock& read, uint64_t medium_bytes) {
  if (medium_bytes < min_region_bytes) return error_about_short(read, medium_bytes);
  FoundSuperblock found;
  Superblock primary = read(0);
  SuperblockState primary_state = state_of(primary, medium_bytes);
  found.primary_is_good = primary_state == SuperblockState::good;
  uint64_t offset =
      found.primary_is_good ? (primary.blocks - 1) * block_bytes : copy_offset(medium_bytes);
  Superblock copy = read(offset);
  for (const Superblock& either : {primary, copy}) {
    if (is_newer(either)) return error_about(either, SuperblockState::too_new, medium_bytes);
  }
  SuperblockState copy_state = state_of(copy, medium_bytes);
  found.copy_is_good =
      copy_state == SuperblockState::good && (copy.blocks - 1) * block_bytes == offset &&
      (!found.primary_is_good || std::memcmp(&primary, &copy, sizeof primary) == 0);
  if (!found.primary_is_good && !found.copy_is_good) {
    bool copy_says_more = primary_state == SuperblockState::absent;
    return copy_says_more ? error_about(copy, copy_state, medium_bytes)
                          : error_about(primary, primary_state, medium_bytes);
  }
  found.superblock = found.primary_is_good ? primary : copy;
  found.read_only = found.superblock.features_read_only != 0;
  return found;
}

bool has_magic(const ReadSuperblock& read, uint64_t medium_bytes) {
  if (medium_bytes < sizeof(Superblock)) return false;
  if (read(0).magic == region_magic) return true;
  return medium_bytes >= 2 * block_bytes && read(copy_offset(medium_bytes)).magic == region_magic;
}

}  // namespace

std::optional<Error> check_region_size(uint64_t size_bytes) {
  if (size_bytes % block_bytes == 0 && size_bytes >= min_region_bytes &&
      size_bytes <= max_region_bytes) {
    return std::nullopt;
  }
  return Error{fmt::format(
      "region size of {} bytes: give a multiple of 4 KiB, at least 64 KiB and at most 4 TiB",
      size_bytes)};
}

Superblock make_superblock(uint64_t blocks, RegionUuid uuid) {
  uint64_t table_blocks = inode_table_blocks_for(blocks);
  Superblock super{};
  super.magic = region_magic;
  super.version = format_version;
  super.block_bytes = block_bytes;
  fill_with_uuid(super.uuid, uuid);
  super.blocks = blocks;
  super.log_block = 1;
  super.log_blocks = log_blocks;
  super.inode_table_block = super.log_block + super.log_blocks;
  super.inode_count = table_blocks * inodes_per_block;
  super.first_data_block = super.inode_table_block + table_blocks;
  super.end_data_block = blocks - 1;
  super.checksum = checksum_of_fields(super);
  return super;
}

SuperblockState state_of(const Superblock& superblock, uint64_t medium_bytes) {
  if (superblock.magic != region_magic) return SuperblockState::absent;
  // Before the checksum: another version may have it elsewhere.
  if (superblock.version != format_version) return SuperblockState::too_new;
  if (superblock.checksum != checksum_of_fields(superblock)) return SuperblockState::damaged;
  if (superblock.features_incompatible != 0) return SuperblockState::too_new;
  if (!has_possible_geometry(superblock)) return SuperblockState::damaged;
  if (superblock.blocks > medium_bytes / block_bytes) return SuperblockState::beyond_medium;
  return SuperblockState::good;
}

ErrorOr<FoundSuperblock> find_superblock(std::span<const std::byte> bytes, const BadBlocks& bad) {
  return find(reader_of(bytes, bad), bytes.size());
}

bool looks_like_region(std::span<const std::byte> bytes, const BadBlocks& bad) {
  return has_magic(reader_of(bytes, bad), bytes.size());
}

ErrorOr<FoundSuperblock> find_superblock(int descriptor, uint64_t file_bytes) {
  std::optional<Error> problem;
  auto found = find(reader_of(descriptor, problem), file_bytes);
  if (problem) return *problem;
  return found;
}

ErrorOr<bool> looks_like_region(int descriptor, uint64_t file_bytes) {
  std::optional<Error> problem;
  const bool found = has_magic(reader_of(descriptor, problem), file_bytes);
  if (problem) return *problem;
  return found;
}

std::string uuid_text(const Superblock& superblock) {
  std::string text;
  for (size_t i = 0; i < sizeof superblock.uuid; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", superblock.uuid[i]);
  }
  return text;
}

}  // namespace daxlab
