#include "harness/bench/mapped_region_file.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "core/region/region.h"

namespace daxlab {
namespace {

std::filesystem::path parent_folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder == nullptr || *folder == 0 ? "/var/tmp" : folder;
}

// Blocks one after the other.
class NodesFrom final : public NodeSource {
 public:
  explicit NodesFrom(uint64_t block) : next_(block) {}
  Result<uint64_t> take_node() noexcept override { return next_++; }

 private:
  uint64_t next_;
};

// One file with a block for each page; nodes behind all data.
std::optional<Error> map_blocks(Region& region, uint64_t blocks, Placement placement) {
  InodeTable inodes(region);
  const auto number = inodes.create("mapped");
  if (!number.ok()) return Error{describe(number.code())};
  inodes.set_size(number.value(), blocks * page_bytes);
  BlockMap map(region, inodes.inode(number.value()));
  const uint64_t first = region.first_data_block();
  NodesFrom nodes(first + 2 * blocks);
  uint64_t published = 0;
  if (placement == Placement::contiguous) {
    const Status status = map.publish(0, {first, blocks}, nodes, &published);
    return status.ok() ? std::nullopt : std::optional(Error{describe(status.code())});
  }
  constexpr uint64_t stride = 0x9e3779b1;  // odd: meets every block once
  for (uint64_t pgoff = 0; pgoff < blocks; ++pgoff) {
    const uint64_t block = first + pgoff * stride % blocks * 2;
    const Status status = map.publish(pgoff, {block, 1}, nodes, &published);
    if (!status.ok()) return Error{describe(status.code())};
  }
  return std::nullopt;
}

}  // namespace

ErrorOr<std::shared_ptr<MappedRegionFile>> MappedRegionFile::make(uint64_t mapped_blocks,
                                                                  Placement placement) {
  auto folder = ScratchFolder::make(parent_folder());
  if (!folder.ok()) return folder.error();
  auto file = std::make_shared<MappedRegionFile>(folder.take());
  // Twice the blocks, their nodes, and tables.
  const uint64_t blocks = 2 * mapped_blocks + mapped_blocks / 256 + 1024;
  std::ofstream(file->path()).close();
  std::error_code error;
  std::filesystem::resize_file(file->path(), blocks * block_bytes, error);
  if (error) return Error{file->path().string() + ": " + error.message()};
  auto medium = Medium::open(file->path(), Access::read_write);
  if (!medium.ok()) return medium.error();
  Counters counters;
  auto region = Region::format(medium.take(), counters);
  if (!region.ok()) return region.error();
  if (auto failed = map_blocks(*region.value(), mapped_blocks, placement)) return *failed;
  return file;
}

}  // namespace daxlab
