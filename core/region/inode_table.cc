#include "core/region/inode_table.h"

#include <array>
#include <atomic>
#include <cassert>
#include <cstring>
#include <mutex>

namespace daxlab {

namespace {

// In use or not hangs on the first word of the name alone: one store makes a file, one removes it.
uint64_t* first_word_of_name(Inode& inode) { return reinterpret_cast<uint64_t*>(inode.name); }

Status check_name(std::string_view name) {
  if (name.empty() || name.find('/') != name.npos || name.find('\0') != name.npos) {
    return ErrorCode::invalid_argument;
  }
  return name.size() > max_name_bytes ? ErrorCode::too_big : ErrorCode::ok;
}

void persist_word(Persist& persist, uint64_t* to, uint64_t value) {
  persist.store_word(to, value);
  persist.flush(to, sizeof *to);
  persist.fence();
}

}  // namespace

InodeTable::InodeTable(Region& region) : region_(region), taken_(region.inode_count()) {
  for (uint32_t number = 0; number < region.inode_count(); ++number) {
    const char* name = region.inodes()[number].name;
    if (name[0] == 0) continue;
    taken_[number] = true;
    numbers_.emplace(std::string(name, strnlen(name, max_name_bytes)), number);
  }
}

// Durable order: everything else of the inode first, while it still counts as unused (an earlier
// user may have left a map and a size there, if the crash came between the name's end and the
// file's), then the name's first word. A crash leaves no file, or an empty one with its whole name.
Result<uint32_t> InodeTable::create(std::string_view name) {
  if (Status status = check_name(name); !status.ok()) return status;
  std::lock_guard guard(mutex_);
  if (numbers_.contains(std::string(name))) return ErrorCode::exists;
  uint32_t number = 0;
  while (number < taken_.size() && taken_[number]) ++number;
  if (number == taken_.size()) return ErrorCode::no_space;

  Inode fresh{};
  std::memcpy(fresh.name, name.data(), name.size());
  uint64_t first_word = 0;
  std::memcpy(&first_word, fresh.name, sizeof first_word);
  std::memset(fresh.name, 0, sizeof first_word);

  Inode& inode = region_.inodes()[number];
  Persist& persist = region_.persist();
  numbers_.emplace(name, number);
  taken_[number] = true;
  persist.copy(&inode, &fresh, sizeof fresh);
  persist.fence();
  persist_word(persist, first_word_of_name(inode), first_word);
  return number;
}

Result<uint32_t> InodeTable::find(std::string_view name) const {
  std::lock_guard guard(mutex_);
  auto found = numbers_.find(std::string(name));
  if (found == numbers_.end()) return ErrorCode::not_found;
  return found->second;
}

// After a crash the file's blocks are free by themselves: an allocator is told only what named
// files use.
Result<uint32_t> InodeTable::remove_name(std::string_view name) {
  std::lock_guard guard(mutex_);
  auto found = numbers_.find(std::string(name));
  if (found == numbers_.end()) return ErrorCode::not_found;
  uint32_t number = found->second;
  persist_word(region_.persist(), first_word_of_name(inode(number)), 0);
  numbers_.erase(found);
  return number;
}

void InodeTable::release(uint32_t number) {
  std::lock_guard guard(mutex_);
  assert(taken_.at(number));
  assert(inode(number).name[0] == 0);
  assert(std::atomic_ref(inode(number).map_root).load() == 0);
  taken_[number] = false;
}

std::vector<uint32_t> InodeTable::taken() const {
  std::lock_guard guard(mutex_);
  std::vector<uint32_t> numbers;
  for (uint32_t number = 0; number < taken_.size(); ++number) {
    if (taken_[number]) numbers.push_back(number);
  }
  return numbers;
}

Inode& InodeTable::inode(uint32_t number) const {
  assert(number < region_.inode_count());
  return region_.inodes()[number];
}

void InodeTable::set_size(uint32_t number, uint64_t size_bytes) noexcept {
  persist_word(region_.persist(), &inode(number).size_bytes, size_bytes);
}

}  // namespace daxlab
