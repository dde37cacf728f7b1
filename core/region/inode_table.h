// Names and inodes of a region. Volatile index beside the durable table.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/region/redo_log.h"
#include "core/region/region.h"
#include "core/sync/sync.h"
#include "daxlab/status.h"

namespace daxlab {

// Whether the inode makes a file.
inline bool is_taken(const Inode& inode) { return inode.name_checksum != 0; }
std::string_view name_in(const Inode& inode);
// Of a name as it stands in an inode, padded.
uint64_t checksum_of_name(const Inode& inode) noexcept;
// invalid_argument (empty, or with '/' or a zero byte), too_big (over max_name_bytes).
Status check_name(std::string_view name);

// Any thread; not signal-safe, except inode, size_bytes and set_size. The region is recovered, and
// outlives it.
class InodeTable {
 public:
  explicit InodeTable(Region& region);

  // A file of no bytes and no blocks, durable on return. exists, no_space, too_big (over
  // max_name_bytes), invalid_argument (empty, or with '/' or a zero byte).
  Result<uint32_t> create(std::string_view name);
  Result<uint32_t> find(std::string_view name) const;  // not_found
  // The name goes, durably; the inode stays taken until release (open files still use it).
  // not_found.
  Result<uint32_t> remove_name(std::string_view name);
  // After the last user of an inode whose name is gone. Its map leads nowhere any more, whatever it
  // holds.
  void release(uint32_t inode);
  // Inodes with a name, and those that wait for their release.
  std::vector<uint32_t> taken() const;

  Inode& inode(uint32_t number) const;
  uint64_t size_bytes(uint32_t number) const noexcept;
  // Persisted, for the caller at `where`. Callers order it after the data it covers.
  void set_size(uint32_t number, uint64_t size_bytes,
                Persist::Where where = Persist::Where::current()) noexcept;
  // The same as a change for the redo log.
  WordChange size_change(uint32_t number, uint64_t size_bytes) const noexcept;

 private:
  Region& region_;
  mutable Mutex mutex_;
  std::unordered_map<std::string, uint32_t> numbers_;  // of names in use
  std::vector<bool> taken_;
};

}  // namespace daxlab
