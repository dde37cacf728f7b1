#include "core/dax/dax_file_system.h"

#include <algorithm>
#include <string>
#include <vector>

#include "core/base/bus_error.h"
#include "core/base/maps_dax.h"
#include "core/base/no_memory.h"
#include "core/dax/dax_file.h"
#include "core/dax/fault_path.h"
#include "core/dax/file_extents.h"
#include "core/sync/locked.h"

namespace daxlab {
namespace {

// Of the blocks and nodes in the extents of a map, those that are no block of the file's own.
bool has_bad_node(const BlockMap& map, const Region& region) {
  const BadBlocks& bad = region.bad_blocks();
  if (bad.empty()) return false;
  std::vector<Extent> extents;
  map.collect(extents);
  uint64_t in_map = 0;
  for (Extent extent : extents) in_map += bad.count_in(extent);
  for (uint64_t pgoff = map.next_block({0, max_file_pages}); in_map > 0 && pgoff < max_file_pages;
       pgoff = map.next_block({pgoff, max_file_pages - pgoff})) {
    const Extent extent = map.find_extent({pgoff, max_file_pages - pgoff});
    in_map -= bad.count_in(extent);
    pgoff += extent.blocks;
  }
  return in_map > 0;
}

}  // namespace

DaxFileSystem::DaxFileSystem(const DaxParts& parts) : parts_(parts), open_files_(parts_) {
  install_fault_handlers();
  parts_.addresses.set_fault_handler(*this);
  if (parts_.region.bad_blocks().empty()) return;
  for (uint32_t number : parts_.inodes.taken()) {
    const BlockMap map(parts_.region, parts_.inodes.inode(number));
    if (has_bad_node(map, parts_.region)) lost_maps_.insert(number);
  }
}

Status DaxFileSystem::handle(Mapping& mapping, uint64_t address, bool write) noexcept {
  return handle_fault(parts_, mapping, address, write, FaultContext::fault);
}

Result<std::unique_ptr<File>> DaxFileSystem::create(std::string_view name) {
  const Locked guard(names_);
  Result<uint32_t> inode = or_no_memory([&] { return parts_.inodes.create(name); });
  if (!inode.ok()) return inode.code();
  Result<std::unique_ptr<File>> file = file_of(inode.value());
  if (!file.ok()) {
    parts_.inodes.release(parts_.inodes.remove_name(name).value());
  }
  return file;
}

Result<std::unique_ptr<File>> DaxFileSystem::file_of(uint32_t inode) {
  return or_no_memory([&]() -> Result<std::unique_ptr<File>> {
    return std::unique_ptr<File>(new DaxFile(parts_, open_files_.open(inode)));
  });
}

Result<std::unique_ptr<File>> DaxFileSystem::open(std::string_view name) {
  const Locked guard(names_);
  Result<uint32_t> inode = or_no_memory([&] { return parts_.inodes.find(name); });
  if (!inode.ok()) return inode.code();
  if (lost_maps_.contains(inode.value())) return ErrorCode::io_error;
  return file_of(inode.value());
}

Status DaxFileSystem::unlink(std::string_view name) {
  const Locked guard(names_);
  return or_no_memory([&]() -> Status {
    Result<uint32_t> inode = parts_.inodes.find(name);
    if (!inode.ok()) return inode.status();
    if (lost_maps_.contains(inode.value())) return ErrorCode::io_error;
    // Open before its name goes: what needs memory comes first.
    std::shared_ptr<SharedFile> file = open_files_.open(inode.value());
    if (Result<uint32_t> gone = parts_.inodes.remove_name(name); !gone.ok()) return gone.status();
    file->unlinked.store(true);
    return {};
  });
}

SpaceUse DaxFileSystem::space_use() {
  // Superblock, log and inodes before the data, the superblock's copy behind it.
  const FreeSpace free = parts_.allocator.free_space();
  SpaceUse use{.total_blocks = parts_.region.blocks(),
               .used_blocks = parts_.region.blocks() - parts_.region.data_blocks(),
               .free_blocks = free.free_blocks,
               .free_huge_runs = parts_.allocator.free_huge_runs()};
  use.reserved_blocks = free.reserved_blocks;
  const BadBlocks& bad = parts_.region.bad_blocks();
  use.bad_blocks = bad.count_in({parts_.region.first_data_block(), parts_.region.data_blocks()});
  for (uint32_t number : parts_.inodes.taken()) {
    std::vector<Extent> extents;
    const BlockMap map(parts_.region, parts_.inodes.inode(number));
    map.collect(extents);
    use.map_blocks += map.nodes();
    for (Extent extent : extents) {
      use.used_blocks += extent.blocks;
      use.bad_blocks -= bad.count_in(extent);
    }
  }
  return use;
}

std::vector<CachedPage> DaxFileSystem::cached_pages() {
  std::vector<std::shared_ptr<SharedFile>> files = open_files_.all();
  std::ranges::sort(files, {}, &SharedFile::inode_number);
  std::vector<CachedPage> pages;
  for (const auto& file : files) {
    const PageCache& cache = file->cache;
    for (uint64_t at = cache.next(0); at < max_file_pages; at = cache.next(at + 1)) {
      const std::byte* bytes = cache.address_of(at);
      if (bytes == nullptr) throw std::bad_alloc();
      const auto is_zero = [](std::byte byte) { return byte == std::byte{}; };
      pages.push_back(
          {file->unlinked ? std::string()
                          : std::string(name_in(parts_.inodes.inode(file->inode_number()))),
           at, std::all_of(bytes, bytes + page_bytes, is_zero), file->map.find(at) == 0});
    }
  }
  return pages;
}

std::vector<MappedRange> DaxFileSystem::mapped_ranges() {
  std::vector<MappedRange> ranges;
  const bool is_dax = maps_dax(parts_.region.descriptor());
  for (const auto& file : open_files_.all()) {
    const LockedShared unchanged(file->invalidate_lock);
    file->for_each_mapping({0, file->pages()}, [&](const Mapping& mapping, PageRange shown) {
      const bool by_kernel = mapping.backing() == HoleBacking::kernel_zero;
      ranges.push_back({.address = mapping.address_of(shown.pgoff),
                        .range = shown,
                        .extents = extents_in(file->map, shown),
                        .holes = by_kernel ? ShownHoles::by_kernel : ShownHoles::by_strategy,
                        .is_dax = is_dax});
    });
  }
  return ranges;
}

}  // namespace daxlab
