#include "harness/fuzz/region_image_seals.h"

#include <algorithm>
#include <cstddef>

#include "core/region/checked_word.h"
#include "core/region/checksum.h"
#include "core/region/inode_table.h"

namespace daxlab {

// Fields as they are where they lie inside the image, whether or not the checksum is right.
Superblock ImageSeals::trusted_superblock() {
  Superblock super = image_.superblock_at(0);
  const uint64_t blocks = image_.blocks();
  if (super.log_block == 0 || super.log_block >= blocks || super.log_blocks == 0 ||
      super.log_blocks > blocks - super.log_block) {
    super.log_block = 1;
    super.log_blocks = log_blocks;
  }
  if (super.inode_table_block == 0 || super.inode_table_block >= blocks) {
    super.inode_table_block = super.log_block + super.log_blocks < blocks
                                  ? super.log_block + super.log_blocks
                                  : uint64_t{1};
  }
  const uint64_t most = (blocks - super.inode_table_block) * (block_bytes / sizeof(Inode));
  super.inode_count = std::clamp<uint64_t>(super.inode_count, 1, most);
  return super;
}

LogHeader& ImageSeals::log() {
  return *reinterpret_cast<LogHeader*>(image_.words_of(trusted_superblock().log_block));
}

std::span<Inode> ImageSeals::inodes() {
  const Superblock super = trusted_superblock();
  return {reinterpret_cast<Inode*>(image_.words_of(super.inode_table_block)), super.inode_count};
}

std::vector<uint64_t> ImageSeals::nodes() {
  std::vector<bool> seen(image_.blocks());
  std::vector<uint64_t> found;
  for (const Inode& inode : inodes()) {
    const uint64_t root = value_of(inode.map_root);
    collect_nodes(root >> map_height_bits, root % (1 << map_height_bits), seen, found);
  }
  return found;
}

void ImageSeals::collect_nodes(uint64_t block, uint64_t height, std::vector<bool>& seen,
                               std::vector<uint64_t>& found) {
  if (height == 0 || block == 0 || block >= image_.blocks() || seen[block]) return;
  seen[block] = true;
  found.push_back(block);
  for (uint64_t i = 0; height > 1 && i < map_fanout; ++i) {
    collect_nodes(value_of(image_.words_of(block)[i]), height - 1, seen, found);
  }
}

void ImageSeals::seal_names() {
  for (Inode& inode : inodes()) {
    if (is_taken(inode)) inode.name_checksum = checksum_of_name(inode);
  }
}

void ImageSeals::seal_words() {
  for (Inode& inode : inodes()) {
    inode.size_bytes = seal(value_of(inode.size_bytes));
    inode.map_root = seal(value_of(inode.map_root));
  }
  for (uint64_t node : nodes()) {
    uint64_t* words = image_.words_of(node);
    std::transform(words, words + map_fanout, words, [](uint64_t w) { return seal(value_of(w)); });
  }
}

void ImageSeals::seal_log() {
  LogHeader& header = log();
  if (header.commit == 0) return;
  const auto* start = reinterpret_cast<const std::byte*>(&header);
  std::span<const std::byte> all = image_.bytes();
  all = all.subspan(static_cast<size_t>(start - all.data()));
  const uint64_t length_bytes =
      sizeof header + header.words % (max_log_words + 1) * sizeof(LogWord);
  if (length_bytes > all.size()) return;
  constexpr size_t first = offsetof(LogHeader, words);
  header.commit = checksum_of(all.subspan(first, length_bytes - first));
}

void ImageSeals::seal_superblocks() {
  for (uint64_t block : {uint64_t{0}, image_.blocks() - 1}) {
    Superblock& super = image_.superblock_at(block);
    if (super.magic == region_magic) seal_superblock(super);
  }
}

void ImageSeals::copy_superblock() {
  Superblock& primary = image_.superblock_at(0);
  Superblock& last = image_.superblock_at(image_.blocks() - 1);
  if (primary.magic != region_magic && last.magic == region_magic) {
    primary = last;
  } else if (primary.blocks >= 1 && primary.blocks <= image_.blocks()) {
    image_.superblock_at(primary.blocks - 1) = primary;
  }
}

}  // namespace daxlab
