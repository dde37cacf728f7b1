// Names and inodes of a region. Volatile index beside the durable table.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/region/region.h"
#include "core/sync/sync.h"
#include "daxlab/status.h"

namespace daxlab {

// Any thread; not signal-safe, except set_size.
class InodeTable {
 public:
  explicit InodeTable(Region& region);

  Result<uint32_t> create(std::string_view name);  // exists, no_space, too_big, invalid_argument
  Result<uint32_t> find(std::string_view name);    // not_found
  // The name goes, durably; the inode stays taken until release (open files still use it). not_found.
  Result<uint32_t> remove_name(std::string_view name);
  // After the last user: block map must be empty.
  void release(uint32_t inode);

  Inode& inode(uint32_t number) const;
  // Persisted. Callers order it after the data it covers.
  void set_size(uint32_t number, uint64_t size_bytes) noexcept;

 private:
  Region& region_;
  Mutex mutex_;
  // ... index of names in use, and of inodes that are unlinked but open
};

}  // namespace daxlab
