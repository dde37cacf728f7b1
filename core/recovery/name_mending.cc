#include "core/recovery/name_mending.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#include "core/region/inode_table.h"
#include "core/recovery/map_problems.h"
#include "core/recovery/region_check.h"

namespace daxlab {
namespace {

constexpr size_t name_words = sizeof(Inode::name) / sizeof(uint64_t);
static_assert(offsetof(Inode, name) % sizeof(uint64_t) == 0);

// Of 2^56 checksums one is like this; of damaged zeros nearly every one.
bool has_one_byte(uint64_t word) {
  return std::countr_zero(word) / 8 == (63 - std::countl_zero(word)) / 8;
}

uint64_t* words_of_name(Inode& inode) { return reinterpret_cast<uint64_t*>(inode.name); }

}  // namespace

NameMending::NameMending(Region& region) : region_(region), log_(region) {
  for (uint32_t number = 0; number < region.inode_count(); ++number) {
    const Inode& inode = region.inodes()[number];
    if (is_taken(inode) && name_is_intact(inode)) taken_.emplace(name_in(inode));
  }
}

std::string NameMending::mend(uint32_t number, bool holds_something) {
  Inode& inode = region_.inodes()[number];
  if (restore(inode)) {
    taken_.emplace(name_in(inode));
    return fmt::format("has its name {} again", quoted_name(inode));
  }
  if (has_one_byte(inode.name_checksum)) {
    store_word(&inode.name_checksum, 0);
    return "was free, and is again: all but one byte of its checksum are 0";
  }
  Inode sealed = inode;
  sealed.name_checksum = checksum_of_name(inode);
  if (can_be_taken(sealed)) {
    store_word(&inode.name_checksum, sealed.name_checksum);
    taken_.emplace(name_in(inode));
    return "keeps the name as it stands";
  }
  if (holds_something) return rename_as_lost(number);
  store_word(&inode.name_checksum, 0);
  return "held nothing and is gone";
}

std::string NameMending::rename_as_lost(uint32_t number) {
  std::string name = fmt::format("lost-{}", number);
  for (uint32_t i = 2; taken_.contains(name); ++i) name = fmt::format("lost-{}-{}", number, i);
  Inode& inode = region_.inodes()[number];
  Inode renamed{};
  std::memcpy(renamed.name, name.data(), name.size());

  std::array<WordChange, name_words + 1> changes;
  for (size_t i = 0; i < name_words; ++i) {
    changes[i] = {words_of_name(inode) + i, words_of_name(renamed)[i]};
  }
  changes[name_words] = {&inode.name_checksum, checksum_of_name(renamed)};
  if (!log_.commit(changes).ok()) return "";  // the check that follows finds it as it was
  taken_.insert(name);
  return fmt::format("is now '{}'", name);
}

// Whether one byte of the name, changed, fits the checksum: some 16,000 tries, so not for any
// number of inodes.
bool NameMending::restore(Inode& inode) {
  if (searches_left_ == 0) return false;
  --searches_left_;
  Inode tried = inode;
  for (size_t i = 0; i < sizeof tried.name; ++i) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
      tried.name[i] = static_cast<char>(byte);
      if (checksum_of_name(tried) != inode.name_checksum) continue;
      if (!can_be_taken(tried)) return false;
      const size_t word = i / sizeof(uint64_t);
      store_word(words_of_name(inode) + word, words_of_name(tried)[word]);
      return true;
    }
    tried.name[i] = inode.name[i];
  }
  return false;
}

bool NameMending::can_be_taken(const Inode& inode) const {
  return name_is_intact(inode) && !taken_.contains(std::string(name_in(inode)));
}

void NameMending::store_word(uint64_t* to, uint64_t value) {
  region_.persist().store_word(to, value);
  region_.persist().flush(to, sizeof *to);
  region_.persist().fence();
}

}  // namespace daxlab
