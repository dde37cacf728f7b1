#include "core/dax/dax_file_system.h"

#include <mutex>
#include <vector>

#include "core/dax/dax_file.h"
#include "core/dax/fault_path.h"

namespace daxlab {

DaxFileSystem::DaxFileSystem(const DaxParts& parts) : parts_(parts), open_files_(parts_) {
  parts_.addresses.set_fault_handler(*this);
}

Status DaxFileSystem::handle(Mapping& mapping, uint64_t address, bool write) noexcept {
  return handle_fault(parts_, mapping, address, write, FaultContext::fault);
}

Result<std::unique_ptr<File>> DaxFileSystem::create(std::string_view name) {
  std::lock_guard guard(names_);
  Result<uint32_t> inode = parts_.inodes.create(name);
  if (!inode.ok()) return inode.code();
  return std::unique_ptr<File>(new DaxFile(parts_, open_files_.open(inode.value())));
}

Result<std::unique_ptr<File>> DaxFileSystem::open(std::string_view name) {
  std::lock_guard guard(names_);
  Result<uint32_t> inode = parts_.inodes.find(name);
  if (!inode.ok()) return inode.code();
  return std::unique_ptr<File>(new DaxFile(parts_, open_files_.open(inode.value())));
}

Status DaxFileSystem::unlink(std::string_view name) {
  std::lock_guard guard(names_);
  Result<uint32_t> inode = parts_.inodes.remove_name(name);
  if (!inode.ok()) return inode.code();
  open_files_.mark_unlinked(inode.value());
  return {};
}

SpaceUse DaxFileSystem::space_use() {
  // Superblock, log and inodes before the data, the superblock's copy behind it.
  SpaceUse use{.total_blocks = parts_.region.blocks(),
               .used_blocks = parts_.region.blocks() - parts_.region.data_blocks(),
               .free_blocks = parts_.allocator.free_blocks()};
  for (uint32_t number : parts_.inodes.taken()) {
    std::vector<Extent> extents;
    BlockMap(parts_.region, parts_.inodes.inode(number)).collect(extents);
    for (Extent extent : extents) use.used_blocks += extent.blocks;
  }
  return use;
}

}  // namespace daxlab
