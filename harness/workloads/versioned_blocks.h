// A file that is written block by block, each block by one thread: what it has to hold.
#pragma once

#include <algorithm>
#include <vector>

#include "harness/workloads/checks.h"
#include "harness/workloads/stamp.h"

namespace daxlab {

// Version 0 of a block is a hole. A block may be changed by one thread at a time, different ones by
// different threads; content() is for when nobody writes.
class VersionedBlocks {
 public:
  VersionedBlocks(uint64_t seed, uint64_t file, uint64_t length_bytes, uint64_t block_size_bytes)
      : seed_(seed),
        file_(file),
        length_bytes_(length_bytes),
        block_size_bytes_(block_size_bytes),
        versions_((length_bytes + block_size_bytes - 1) / block_size_bytes) {}

  uint64_t count() const { return versions_.size(); }
  uint64_t length_bytes() const { return length_bytes_; }
  ByteRange range(uint64_t block) const {
    const uint64_t begin = block * block_size_bytes_;
    return {begin, std::min(block_size_bytes_, length_bytes_ - begin)};
  }
  ByteRange range_around(uint64_t offset_bytes) const {
    return range(offset_bytes / block_size_bytes_);
  }
  uint32_t version_at(uint64_t offset_bytes) const {
    return versions_[offset_bytes / block_size_bytes_];
  }
  uint32_t version(uint64_t block) const { return versions_[block]; }
  Stamp stamp(uint32_t version) const { return Stamp(seed_, file_, version); }
  // The block has been written with stamp(version).
  void set_version(uint64_t block, uint32_t version) { versions_[block] = version; }

  Content content() const {
    return [this](uint64_t offset_bytes, std::span<std::byte> into) {
      for (uint64_t done = 0; done < into.size();) {
        const uint64_t at = offset_bytes + done, block = at / block_size_bytes_;
        const uint64_t in_block = std::min(range(block).end() - at, into.size() - done);
        const std::span part = into.subspan(done, in_block);
        if (versions_[block] == 0) std::ranges::fill(part, std::byte{0});
        if (versions_[block] != 0) stamp(versions_[block]).fill(at, part);
        done += in_block;
      }
    };
  }

 private:
  uint64_t seed_, file_, length_bytes_, block_size_bytes_;
  std::vector<uint32_t> versions_;
};

}  // namespace daxlab
