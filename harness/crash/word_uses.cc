#include "harness/crash/word_uses.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "core/base/sizes.h"
#include "core/region/checked_word.h"
#include "core/region/checksum.h"
#include "core/region/layout.h"

namespace daxlab {
namespace {

constexpr uint64_t lines_per_block = block_bytes / cache_line_bytes;

// The superblock without its checks: what formatting wrote stays as it is.
Superblock superblock_in(std::span<const std::byte> bytes) {
  Superblock superblock;
  std::memcpy(&superblock, bytes.data(), sizeof superblock);
  return superblock;
}

}  // namespace

template <class Look>
void WordUses::for_each_other_value(uint64_t first_bytes, uint64_t end_bytes, Look look) const {
  auto at = std::lower_bound(
      possible_.begin(), possible_.end(), first_bytes,
      [](const Possible& one, uint64_t offset_bytes) { return one.offset_bytes < offset_bytes; });
  for (; at != possible_.end() && at->offset_bytes < end_bytes; ++at) look(*at);
}

template <class Look>
void WordUses::for_each_value(uint64_t offset_bytes, Look look) const {
  look(images_->certain_word(offset_bytes));
  for_each_other_value(offset_bytes, offset_bytes + word_bytes,
                       [&](const Possible& other) { look(other.value); });
}

bool WordUses::can_be_nonzero(uint64_t offset_bytes) const {
  bool can = false;
  for_each_value(offset_bytes, [&](uint64_t value) { can = can || value != 0; });
  return can;
}

void WordUses::find(const CrashImages& images, std::span<const OpenStore> open) {
  images_ = &images;
  const std::span<const std::byte> bytes = images.certain_bytes();
  possible_.clear();
  for (const OpenStore& one : open) possible_.push_back({one.offset_bytes, one.value});
  auto by_offset = [](const Possible& one, const Possible& other) {
    return one.offset_bytes < other.offset_bytes;
  };
  if (!std::is_sorted(possible_.begin(), possible_.end(), by_offset)) {
    std::stable_sort(possible_.begin(), possible_.end(), by_offset);
  }
  const bool first_open = !possible_.empty() && possible_.front().offset_bytes < block_bytes;
  const bool last_open =
      !possible_.empty() && possible_.back().offset_bytes >= bytes.size() - block_bytes;
  if (!knows_superblock_ || first_open) superblock_ = superblock_in(bytes);
  knows_superblock_ = !first_open && !last_open && bytes.size() >= min_region_bytes &&
                      state_of(superblock_, bytes.size()) == SuperblockState::good;
  if (!knows_superblock_) return;

  read_log();
  if (log_counts_) std::stable_sort(possible_.begin(), possible_.end(), by_offset);
  taken_.assign(superblock_.inode_count, false);
  data_.assign(superblock_.blocks, 0);
  heights_.assign(superblock_.blocks, 0);
  for (uint64_t number = 0; number < superblock_.inode_count; ++number) read_inode(number);
  while (!nodes_.empty()) {
    const auto [block, height] = nodes_.back();
    nodes_.pop_back();
    read_node(block, height);
  }
}

// A record that counts, or may count, gives words the values that it holds; where it is certain
// that it does, recovery stores them before it reads anything else.
void WordUses::read_log() {
  redone_.clear();
  const uint64_t log = superblock_.log_block * block_bytes;
  const uint64_t end = (superblock_.log_block + superblock_.log_blocks) * block_bytes;
  log_counts_ = can_be_nonzero(log + offsetof(LogHeader, commit));
  if (!log_counts_) return;
  bool is_certain = true;
  for_each_other_value(log, end, [&](const Possible&) { is_certain = false; });
  uint64_t words = 0;
  for_each_value(log + offsetof(LogHeader, words),
                 [&](uint64_t value) { words = std::max(words, value); });
  const uint64_t room = (end - log - sizeof(LogHeader)) / sizeof(LogWord);
  words = std::min(words, room);
  const uint64_t start = log + offsetof(LogHeader, words);
  const uint64_t length = sizeof(LogHeader) - offsetof(LogHeader, words) + words * sizeof(LogWord);
  is_certain = is_certain && images_->certain_word(log) ==
                                 checksum_of(images_->certain_bytes().subspan(start, length));
  std::vector<Possible> redone;
  for (uint64_t i = 0; i < words; ++i) {
    const uint64_t at = log + sizeof(LogHeader) + i * sizeof(LogWord);
    for_each_value(at + offsetof(LogWord, offset_bytes), [&](uint64_t offset_bytes) {
      if (is_certain) redone_.push_back(offset_bytes);
      for_each_value(at + offsetof(LogWord, value), [&](uint64_t value) {
        redone.push_back({offset_bytes, value});
      });
    });
  }
  std::ranges::sort(redone_);
  possible_.insert(possible_.end(), redone.begin(), redone.end());
}

void WordUses::read_inode(uint64_t number) {
  const uint64_t inode = superblock_.inode_table_block * block_bytes + number * sizeof(Inode);
  taken_[number] = can_be_nonzero(inode + offsetof(Inode, name_checksum));
  if (!taken_[number]) return;
  for_each_value(inode + offsetof(Inode, map_root), [&](uint64_t word) {
    if (word == 0 || !is_intact(word)) return;
    add_node(value_of(word) >> map_height_bits, value_of(word) % (1 << map_height_bits));
  });
}

void WordUses::add_node(uint64_t block, uint64_t height) {
  const bool is_data = block >= superblock_.first_data_block && block < superblock_.end_data_block;
  if (!is_data || height == 0 || height > max_map_height) return;
  const auto bit = static_cast<uint8_t>(1 << height);
  if ((heights_[block] & bit) != 0) return;
  heights_[block] = static_cast<uint8_t>(heights_[block] | bit);
  nodes_.push_back({block, height});
}

void WordUses::read_node(uint64_t block, uint64_t height) {
  auto follow = [&](uint64_t word) {
    if (word == 0 || !is_intact(word)) return;
    const uint64_t target = value_of(word);
    if (height > 1) return add_node(target, height - 1);
    if (target < superblock_.blocks) data_[target] = 1;
  };
  const uint64_t start = block * block_bytes;
  for (uint64_t at = start; at < start + block_bytes; at += word_bytes) {
    follow(images_->certain_word(at));
  }
  for_each_other_value(start, start + block_bytes,
                       [&](const Possible& other) { follow(other.value); });
}

WordUse WordUses::use_of(uint64_t offset_bytes) const {
  if (!knows_superblock_) return WordUse::metadata;
  if (std::ranges::binary_search(redone_, offset_bytes)) return WordUse::unread;
  const uint64_t block = offset_bytes / block_bytes;
  if (block < superblock_.log_block || block >= superblock_.end_data_block) {
    return WordUse::metadata;
  }
  if (block < superblock_.inode_table_block) {
    const bool is_commit = offset_bytes == superblock_.log_block * block_bytes;
    return is_commit || log_counts_ ? WordUse::metadata : WordUse::unread;
  }
  if (block < superblock_.first_data_block) {
    const uint64_t in_table = offset_bytes - superblock_.inode_table_block * block_bytes;
    const uint64_t number = in_table / sizeof(Inode);
    return number < taken_.size() && taken_[number] ? WordUse::metadata : WordUse::unread;
  }
  if (heights_[block] != 0) return WordUse::metadata;
  return data_[block] != 0 ? WordUse::data : WordUse::unread;
}

std::string WordUses::line_text(uint64_t offset_bytes) const {
  const uint64_t block = offset_bytes / block_bytes;
  const uint64_t line = offset_bytes % block_bytes / cache_line_bytes;
  if (!knows_superblock_) return fmt::format("line {} of block {}", line, block);
  if (block < superblock_.log_block) return fmt::format("line {} of the superblock", line);
  if (block >= superblock_.end_data_block) {
    return fmt::format("line {} of the superblock's copy", line);
  }
  if (block < superblock_.inode_table_block) {
    return fmt::format("line {} of the redo log",
                       (block - superblock_.log_block) * lines_per_block + line);
  }
  if (block < superblock_.first_data_block) {
    const uint64_t in_table = (block - superblock_.inode_table_block) * lines_per_block + line;
    return fmt::format("line {} of the inode table (inode {})", in_table,
                       in_table * cache_line_bytes / sizeof(Inode));
  }
  if (heights_[block] != 0) return fmt::format("line {} of map node {}", line, block);
  return fmt::format("line {} of data block {}", line, block);
}

}  // namespace daxlab
