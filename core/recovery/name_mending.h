// Finds names for files whose own are damaged.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "core/region/redo_log.h"
#include "core/region/region.h"

namespace daxlab {

// The region is writable, nobody uses it, its log is idle.
class NameMending {
 public:
  explicit NameMending(Region& region);

  // Both change the name durably, all of it or nothing, and say what was done.
  // Of an inode whose name is not intact: as it was if one byte of it is wrong; else as it stands
  // if it can be a name and no other file has it; else a new one, if the file holds something; else
  // the inode is free.
  std::string mend(uint32_t inode, bool holds_something);
  std::string rename_as_lost(uint32_t inode);

 private:
  bool restore(Inode& inode);
  bool can_be_taken(const Inode& inode) const;
  void store_word(uint64_t* to, uint64_t value);

  Region& region_;
  RedoLog log_;
  std::unordered_set<std::string> taken_;
  uint32_t searches_left_ = 64;
};

}  // namespace daxlab
