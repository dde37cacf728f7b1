// A region's image as an input of fuzzing. Most of a small region is zeros, so an input is the
// image without the zeros at its end, and any bytes are an input.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/region/superblock.h"
#include "daxlab/types.h"

namespace daxlab {

inline constexpr uint64_t max_image_bytes = 256 * 1024;

// A value: the memory that an input stands for, whole blocks, aligned to them.
class RegionImage {
 public:
  // Zeros follow up to a multiple of the block size, at least to the smallest region; what is over
  // max_image_bytes is cut.
  explicit RegionImage(std::span<const std::byte> input);

  std::span<std::byte> bytes();
  std::span<const std::byte> bytes() const;
  uint64_t blocks() const { return blocks_.size(); }
  // In zeros, from 1 to max_image_bytes.
  void resize(uint64_t blocks) { blocks_.resize(blocks); }
  // Ends with a byte that is not 0.
  std::span<const std::byte> input() const;

  // block < blocks()
  uint64_t* words_of(uint64_t block) {
    return reinterpret_cast<uint64_t*>(blocks_[block].bytes.data());
  }
  Superblock& superblock_at(uint64_t block) {
    return *reinterpret_cast<Superblock*>(words_of(block));
  }

 private:
  struct alignas(block_bytes) Block {
    std::array<std::byte, block_bytes> bytes;
  };
  std::vector<Block> blocks_;
};

// Makes the superblock's checksum right, whatever it says.
void seal_superblock(Superblock& superblock);

}  // namespace daxlab
