// A region: a range of (emulated) persistent memory, its geometry and its persist primitives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/region/bad_blocks.h"
#include "core/region/layout.h"
#include "core/region/medium.h"
#include "core/region/persist.h"
#include "core/region/superblock.h"
#include "daxlab/types.h"

namespace daxlab {

class Region {
 public:
  // Makes the whole medium a fresh region: what was there is lost. `observer` sees that too (may be
  // null). Errors: the medium's size.
  static ErrorOr<std::unique_ptr<Region>> format(Medium medium, Counters& counters,
                                                 PersistObserver* observer = nullptr,
                                                 RegionUuid uuid = RegionUuid::random);
  // Finds the region on a medium, of which bad blocks are not looked at. What is in it is to be
  // recovered (recovery.h) before it is used.
  static ErrorOr<std::unique_ptr<Region>> attach(Medium medium, Counters& counters,
                                                 const BadBlocks& bad = {});
  // A fresh region in a memfd. Errors: the size (multiple of 4 KiB, at least 64 KiB, no more than
  // is available), or what the kernel said.
  static ErrorOr<std::unique_ptr<Region>> create_memfd(uint64_t size_bytes, Counters& counters);

  // As it was when the region was attached, believed.
  const FoundSuperblock& found() const { return found_; }
  const Superblock& superblock() const { return found_.superblock; }
  uint64_t blocks() const { return superblock().blocks; }
  // Data blocks are [first, end): around them lie superblock, log and inodes, and the superblock's
  // copy.
  uint64_t first_data_block() const { return superblock().first_data_block; }
  uint64_t end_data_block() const { return superblock().end_data_block; }
  uint64_t data_blocks() const { return end_data_block() - first_data_block(); }
  bool holds_data(uint64_t block) const {
    return block >= first_data_block() && block < end_data_block();
  }
  // Stores would stay in this process.
  bool is_read_only() const { return medium_.access() == Access::read_only || found_.read_only; }

  std::byte* address_of(uint64_t block) const { return base_ + block * block_bytes; }
  uint64_t* words_of(uint64_t block) const {
    return reinterpret_cast<uint64_t*>(address_of(block));
  }
  // Known when the region is opened; nothing changes them afterwards.
  const BadBlocks& bad_blocks() const { return bad_blocks_; }
  void set_bad_blocks(BadBlocks blocks) { bad_blocks_ = std::move(blocks); }
  bool is_poisoned(uint64_t block) const noexcept { return bad_blocks_.has(block); }

  Inode* inodes() const;  // inode_count() of them
  uint32_t inode_count() const { return static_cast<uint32_t>(superblock().inode_count); }
  LogHeader& log() const;
  // Of block 0 and of the last block.
  Superblock& superblock_at(uint64_t block) const;

  const Medium& medium() const { return medium_; }
  // What mmap takes to show blocks elsewhere, with these flags: block b is at offset b *
  // block_bytes.
  int descriptor() const { return medium_.descriptor(); }
  int map_flags() const { return medium_.map_flags(); }
  // See Medium.
  std::optional<Error> keep_stores_here(uint64_t block) { return medium_.keep_stores_here(block); }
  Persist& persist() { return persist_; }

 private:
  Region(Medium medium, const FoundSuperblock& found, Counters& counters);
  void write_tables();

  Medium medium_;
  FoundSuperblock found_;
  BadBlocks bad_blocks_;
  std::byte* base_;
  Persist persist_;
};

}  // namespace daxlab
