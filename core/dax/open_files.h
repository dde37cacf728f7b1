// The files that somebody has open, one SharedFile each; the blocks of an unlinked one go with its
// last user.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"
#include "core/sync/sync.h"

namespace daxlab {

// Any thread; not in a fault. Outlives every SharedFile it gave out.
class OpenFiles {
 public:
  explicit OpenFiles(DaxParts& parts) : parts_(parts) {}

  std::shared_ptr<SharedFile> open(uint32_t inode_number);
  // Those that are open now.
  std::vector<std::shared_ptr<SharedFile>> all();

 private:
  void close(SharedFile* file);

  DaxParts& parts_;
  Mutex mutex_;
  std::unordered_map<uint32_t, std::weak_ptr<SharedFile>> files_;
};

}  // namespace daxlab
