// What lies in a region; FORMAT.md beside this file says it to the byte. Little endian. Every field
// that changes alone is one aligned word.
#pragma once

#include <cstdint>

#include "daxlab/types.h"

namespace daxlab {

inline constexpr uint64_t region_magic = 0x67724241'4c584144;  // "DAXLABrg" as bytes
inline constexpr uint32_t format_version = 1;

// Block 0, and again in the last block. Written by formatting, never changed after.
struct Superblock {
  uint64_t magic;
  uint32_t version;
  uint32_t block_bytes;
  uint64_t features_compatible;    // a program that does not know a bit here can ignore it,
  uint64_t features_read_only;     // here: must not write,
  uint64_t features_incompatible;  // here: must not open the region
  uint8_t uuid[16];
  uint64_t blocks;
  uint64_t log_block;
  uint64_t log_blocks;
  uint64_t inode_table_block;
  uint64_t inode_count;
  uint64_t first_data_block;
  uint64_t end_data_block;
  uint64_t checksum;  // of the bytes before it
};
static_assert(sizeof(Superblock) == 120);

inline constexpr uint32_t max_name_bytes = 63;

struct Inode {
  uint64_t name_checksum;  // 0: the inode is free; this word alone makes a file and removes it
  uint64_t size_bytes;     // a checked word, as map_root is
  // Block of the radix tree's root, times 8, plus the tree's height in levels of nodes (height 1 is
  // one leaf of 512 pages), so that a new root and its height appear in one store. 0: no block.
  uint64_t map_root;
  char name[max_name_bytes + 1];  // padded with zeros
  uint64_t reserved[5];
};
static_assert(sizeof(Inode) == 128);

// An entry of a node: a checked word of a block number; 0: none.
inline constexpr uint64_t map_fanout = block_bytes / sizeof(uint64_t);
inline constexpr uint32_t max_map_height = 4;
inline constexpr uint32_t map_height_bits = 3;
// 256 TiB of file by the tree; the core allows 1 TiB (per-page tables in memory).
inline constexpr uint64_t max_file_pages = uint64_t{1} << 28;

// The redo log: this header, and behind it `words` of LogWord.
struct LogHeader {
  uint64_t commit;  // 0: nothing to redo; else checksum of all behind it, LogWords included
  uint64_t words;
  uint64_t sequence;
  uint64_t reserved[5];
};
static_assert(sizeof(LogHeader) == 64);

struct LogWord {
  uint64_t offset_bytes;  // in the region, a multiple of 8
  uint64_t value;
};

inline constexpr uint64_t log_blocks = 3;
inline constexpr uint64_t max_log_words =
    (log_blocks * block_bytes - sizeof(LogHeader)) / sizeof(LogWord);
// The entry of every page that the largest write can touch, and the file's size.
static_assert(max_log_words >= max_atomic_write_bytes / page_bytes + 2);

}  // namespace daxlab
