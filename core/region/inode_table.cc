#include "core/region/inode_table.h"

#include <atomic>
#include <cassert>
#include <cstring>
#include <span>

#include "core/region/checked_word.h"
#include "core/region/checksum.h"
#include "core/sync/locked.h"

namespace daxlab {

namespace {

void persist_word(Persist& persist, uint64_t* to, uint64_t value,
                  Persist::Where where = Persist::Where::current()) {
  persist.store_word(to, value, where);
  persist.flush(to, sizeof *to, where);
  persist.fence(where);
}

}  // namespace

std::string_view name_in(const Inode& inode) {
  return {inode.name, strnlen(inode.name, sizeof inode.name)};
}

uint64_t checksum_of_name(const Inode& inode) noexcept {
  return checksum_of(std::as_bytes(std::span(inode.name)));
}

Status check_name(std::string_view name) {
  if (name.empty() || name.find('/') != name.npos || name.find('\0') != name.npos) {
    return ErrorCode::invalid_argument;
  }
  return name.size() > max_name_bytes ? ErrorCode::too_big : ErrorCode::ok;
}

InodeTable::InodeTable(Region& region) : region_(region), taken_(region.inode_count()) {
  for (uint32_t number = 0; number < region.inode_count(); ++number) {
    const Inode& inode = region.inodes()[number];
    if (!is_taken(inode)) continue;
    taken_[number] = true;
    numbers_.emplace(name_in(inode), number);
  }
}

// Durable order: everything else of the inode first, while it still counts as free (an earlier user
// has left a map and a size there), then the checksum of its name. A crash leaves no file, or an
// empty one with its whole name.
Result<uint32_t> InodeTable::create(std::string_view name) {
  if (Status status = check_name(name); !status.ok()) return status;
  const Locked guard(mutex_);
  if (numbers_.contains(std::string(name))) return ErrorCode::exists;
  uint32_t number = 0;
  while (number < taken_.size() && taken_[number]) ++number;
  if (number == taken_.size()) return ErrorCode::no_space;

  Inode fresh{};
  std::memcpy(fresh.name, name.data(), name.size());
  Inode& inode = region_.inodes()[number];
  Persist& persist = region_.persist();
  numbers_.emplace(name, number);
  taken_[number] = true;
  persist.copy(&inode, &fresh, sizeof fresh);
  persist.fence();
  persist_word(persist, &inode.name_checksum, checksum_of_name(fresh));
  return number;
}

Result<uint32_t> InodeTable::find(std::string_view name) const {
  const Locked guard(mutex_);
  auto found = numbers_.find(std::string(name));
  if (found == numbers_.end()) return ErrorCode::not_found;
  return found->second;
}

// After a crash the file's blocks are free by themselves: an allocator is told only what named
// files use.
Result<uint32_t> InodeTable::remove_name(std::string_view name) {
  const Locked guard(mutex_);
  auto found = numbers_.find(std::string(name));
  if (found == numbers_.end()) return ErrorCode::not_found;
  uint32_t number = found->second;
  persist_word(region_.persist(), &inode(number).name_checksum, 0);
  numbers_.erase(found);
  return number;
}

void InodeTable::release(uint32_t number) {
  const Locked guard(mutex_);
  assert(taken_.at(number));
  assert(!is_taken(inode(number)));
  taken_[number] = false;
}

std::vector<uint32_t> InodeTable::taken() const {
  const Locked guard(mutex_);
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

uint64_t InodeTable::size_bytes(uint32_t number) const noexcept {
  std::atomic_ref<uint64_t> word(inode(number).size_bytes);
  return value_of(word.load(std::memory_order_acquire));
}

void InodeTable::set_size(uint32_t number, uint64_t size_bytes, Persist::Where where) noexcept {
  WordChange change = size_change(number, size_bytes);
  persist_word(region_.persist(), change.at, change.value, where);
}

WordChange InodeTable::size_change(uint32_t number, uint64_t size_bytes) const noexcept {
  return {&inode(number).size_bytes, seal(size_bytes)};
}

}  // namespace daxlab
