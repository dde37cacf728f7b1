#include "harness/fuzz/region_image.h"

#include <algorithm>
#include <cstring>

#include "core/region/checksum.h"

namespace daxlab {

RegionImage::RegionImage(std::span<const std::byte> input) {
  input = input.first(std::min<size_t>(input.size(), max_image_bytes));
  size_t blocks = (input.size() + block_bytes - 1) / block_bytes;
  blocks_.resize(std::max<size_t>(blocks, min_region_bytes / block_bytes));
  if (!input.empty()) std::memcpy(blocks_.data(), input.data(), input.size());
}

std::span<std::byte> RegionImage::bytes() {
  return {blocks_.front().bytes.data(), blocks_.size() * block_bytes};
}

std::span<const std::byte> RegionImage::bytes() const {
  return {blocks_.front().bytes.data(), blocks_.size() * block_bytes};
}

// Block by block first: this is called for every input.
std::span<const std::byte> RegionImage::input() const {
  static constexpr Block zeros{};
  size_t blocks = blocks_.size();
  while (blocks > 0 && std::memcmp(&blocks_[blocks - 1], &zeros, sizeof zeros) == 0) --blocks;
  size_t length_bytes = blocks * block_bytes;
  std::span<const std::byte> all = bytes();
  while (length_bytes > 0 && all[length_bytes - 1] == std::byte{0}) --length_bytes;
  return all.first(length_bytes);
}

void seal_superblock(Superblock& superblock) {
  superblock.checksum =
      checksum_of(std::as_bytes(std::span(&superblock, 1)).first(offsetof(Superblock, checksum)));
}

}  // namespace daxlab
