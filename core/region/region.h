// A region: a range of (emulated) persistent memory, its layout and its persist primitives.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/region/layout.h"
#include "core/region/persist.h"
#include "daxlab/types.h"

namespace daxlab {

class Region {
 public:
  // A fresh, formatted region of zeros in a memfd, all of its memory there. Errors: the size
  // (multiple of 4 KiB, at least 64 KiB, no more than is available), or what the kernel said.
  static ErrorOr<std::unique_ptr<Region>> create_memfd(uint64_t size_bytes, Counters& counters);
  ~Region();
  Region(const Region&) = delete;
  Region& operator=(const Region&) = delete;

  uint64_t blocks() const { return blocks_; }
  uint64_t first_data_block() const { return first_data_block_; }  // before: superblock, inodes
  std::byte* address_of(uint64_t block) const { return base_ + block * block_bytes; }
  uint64_t* words_of(uint64_t block) const {
    return reinterpret_cast<uint64_t*>(address_of(block));
  }
  Superblock& superblock() const { return *reinterpret_cast<Superblock*>(base_); }
  Inode* inodes() const;  // inode_count() of them
  uint32_t inode_count() const;
  // What mmap takes to show blocks elsewhere: block b is at offset b * block_bytes.
  int descriptor() const { return descriptor_; }
  Persist& persist() { return persist_; }

 private:
  Region(int descriptor, std::byte* base, uint64_t blocks, Counters& counters);
  void format();

  int descriptor_;
  std::byte* base_;
  uint64_t blocks_;
  uint64_t first_data_block_ = 0;
  Persist persist_;
};

}  // namespace daxlab
