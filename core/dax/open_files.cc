#include "core/dax/open_files.h"

#include "core/sync/locked.h"

namespace daxlab {

std::shared_ptr<SharedFile> OpenFiles::open(uint32_t inode_number) {
  const Locked guard(mutex_);
  std::weak_ptr<SharedFile>& known = files_[inode_number];
  if (std::shared_ptr<SharedFile> file = known.lock()) return file;
  std::shared_ptr<SharedFile> file(
      new SharedFile(parts_.region, parts_.inodes, inode_number,
                     parts_.addresses.make_page_cache(parts_.counters)),
      [this](SharedFile* last) { close(last); });
  known = file;
  return file;
}

std::vector<std::shared_ptr<SharedFile>> OpenFiles::all() {
  std::vector<std::shared_ptr<SharedFile>> files;
  const Locked guard(mutex_);
  for (const auto& [number, known] : files_) {
    if (std::shared_ptr<SharedFile> file = known.lock()) files.push_back(std::move(file));
  }
  return files;
}

// Nobody else has the file, and without a name nobody can get it: no lock is needed to take it
// apart. Nothing of it needs to be stored: an inode without a name counts for nothing, and whoever
// creates a file there stores over all of it first.
void OpenFiles::close(SharedFile* file) {
  std::unique_ptr<SharedFile> owned(file);
  if (owned->unlinked.load()) {
    owned->map.hand_out([this](Extent extent) {
      parts_.dirty.clear(extent);
      parts_.allocator.free(extent);
    });
    parts_.inodes.release(owned->inode_number());
  }
}

}  // namespace daxlab
