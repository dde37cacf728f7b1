// Blocks of a region whose memory is lost: a load from one is a machine check on real memory, and
// io_error or a bus error here.
//
// They are listed beside a region file, in REGION.badblocks, as Linux lists those of a device in
// /sys/block/pmem0/badblocks: a line for each run, "first_sector sectors" in decimal, sectors of
// 512 bytes. A block is bad as soon as one of its sectors is. The list is only read. What Linux
// itself knows of a region on persistent memory comes besides (core/region/device_bad_blocks.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "daxlab/types.h"

namespace daxlab {

inline constexpr uint64_t sector_bytes = 512;

class BadBlocks {
 public:
  BadBlocks() = default;
  explicit BadBlocks(std::vector<uint64_t> blocks);  // in any order, some perhaps twice

  bool empty() const noexcept { return blocks_.empty(); }
  // Signal-safe, and quick where there are none.
  bool has(uint64_t block) const noexcept { return !blocks_.empty() && has_any({block, 1}); }
  bool has_any(Extent extent) const noexcept { return first_in(extent) != extent.end(); }
  // The first bad block of an extent, or the extent's end. Signal-safe.
  uint64_t first_in(Extent extent) const noexcept;
  // How many of the extent's blocks are bad.
  uint64_t count_in(Extent extent) const noexcept;
  std::span<const uint64_t> list() const noexcept { return blocks_; }  // sorted, each once

 private:
  std::vector<uint64_t> blocks_;
};

std::string bad_blocks_path_of(const std::string& region_path);

// A run of bad sectors, of 512 bytes, and its line in a list.
struct BadSectors {
  uint64_t first_sector, sectors, line;
};
// `text` is untrusted: a run has a sector at least, and may lie anywhere. Errors name `path`, the
// line and what is wrong with it.
ErrorOr<std::vector<BadSectors>> parse_bad_sectors(const std::string& path, std::string_view text);
// The same of a region: runs outside of it are an error.
ErrorOr<BadBlocks> parse_bad_blocks(const std::string& path, std::string_view text,
                                    uint64_t region_blocks);
// None where there is no list. Errors: it cannot be read, or see above.
ErrorOr<BadBlocks> read_bad_blocks(const std::string& region_path, uint64_t region_blocks);

}  // namespace daxlab
