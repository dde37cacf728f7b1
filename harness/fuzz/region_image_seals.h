// Finds the parts of an image that carry checks, as far as they can be found in a damaged one, and
// makes the checks right.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/region/layout.h"
#include "harness/fuzz/region_image.h"

namespace daxlab {

// Speaks of the image as it is at each call; the image outlives it.
class ImageSeals {
 public:
  explicit ImageSeals(RegionImage& image) : image_(image) {}

  // Where the superblock has its log and inodes if that is inside the image; else where a fresh one
  // would. At least one inode.
  LogHeader& log();
  std::span<Inode> inodes();
  // Blocks that are nodes of some file's map, each once.
  std::vector<uint64_t> nodes();

  void seal_names();  // of inodes that make a file
  void seal_words();  // sizes, roots and the entries of nodes
  void seal_log();    // if it is committed
  void seal_superblocks();
  void
  copy_superblock();  // the first one to the last block of the image's region, or the other way

 private:
  Superblock trusted_superblock();
  void collect_nodes(uint64_t block, uint64_t height, std::vector<bool>& seen,
                     std::vector<uint64_t>& found);

  RegionImage& image_;
};

}  // namespace daxlab
