// What lies in a region, to the byte. Little endian; every field that changes alone is one aligned word.
#pragma once

#include <cstdint>

#include "daxlab/types.h"

namespace daxlab {

inline constexpr uint64_t region_magic = 0x316267724c584144;  // "DAXLrgb1" as bytes
inline constexpr uint32_t region_version = 1;

// Block 0.
struct Superblock {
  uint64_t magic;
  uint32_t version;
  uint32_t inode_count;
  uint64_t blocks;
  uint64_t inode_table_block;
  uint64_t first_data_block;
};

inline constexpr uint32_t max_name_bytes = 63;

// The inode table follows the superblock. An inode is in use while `name[0]` is not 0.
struct Inode {
  char name[max_name_bytes + 1];
  uint64_t size_bytes;
  // Block of the radix tree's root, shifted left by 8, and the tree's height in the low byte (levels of
  // nodes: height 1 is one leaf of 512 pages), so that a new root and height appear in one store. 0: empty.
  uint64_t map_root;
  uint64_t reserved[6];
};
static_assert(sizeof(Inode) == 128);

inline constexpr uint64_t map_fanout = block_bytes / sizeof(uint64_t);  // entries of a node
inline constexpr uint32_t max_map_height = 4;
// 256 TiB of file by the tree; the core allows 1 TiB (per-page tables in memory).
inline constexpr uint64_t max_file_pages = uint64_t{1} << 28;

// An entry of a node or leaf: a block number, 0 for none.

}  // namespace daxlab
