// Pages of one file that are written in any order lie in the region as if they had been written in
// order, nearly: with every allocator, by write() and by stores.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "core/base/sizes.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t pages_of_file = 8192;

std::vector<uint64_t> random_order() {
  std::vector<uint64_t> order(pages_of_file);
  std::iota(order.begin(), order.end(), 0);
  std::mt19937_64 random(1);
  std::shuffle(order.begin(), order.end(), random);
  return order;
}

class Placement : public testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<Lab> lab = make_lab({.alloc = GetParam(), .region_bytes = 40 * MiB});
  std::unique_ptr<File> file = lab->files().create("file").take();

  // It would be nearly as many as there are pages.
  void expect_few_extents() { EXPECT_LT(file->extents().take().size(), pages_of_file / 10); }
};

TEST_P(Placement, OfPagesWrittenInAnyOrder) {
  for (const uint64_t page : random_order()) {
    const auto written = file->write(page * page_bytes, std::as_bytes(std::span(&page, 1)));
    ASSERT_TRUE(written.ok());
  }
  expect_few_extents();
}

TEST_P(Placement, OfPagesStoredToInAnyOrder) {
  ASSERT_TRUE(file->truncate(pages_of_file * page_bytes).ok());
  auto view = file->map({0, pages_of_file}).take();
  for (const uint64_t page : random_order())
    ASSERT_TRUE(view->try_store(page * page_bytes, 1).ok());
  expect_few_extents();
}

// Each would otherwise break up 2 MiB of the region for itself.
TEST_P(Placement, OfSmallFilesIsCloseTogether) {
  const uint64_t runs = lab->files().space_use().free_huge_runs;
  std::vector<std::byte> bytes(2 * page_bytes, std::byte{1});
  for (int i = 0; i < 100; ++i) {
    auto small = lab->files().create("small" + std::to_string(i)).take();
    ASSERT_TRUE(small->write(0, bytes).ok());
  }
  EXPECT_GE(lab->files().space_use().free_huge_runs + 3, runs);
}

uint64_t block_of(File& file, uint64_t pgoff) {
  const auto extents = file.extents().take();
  for (const FileExtent& extent : extents) {
    if (extent.pgoff <= pgoff && pgoff < extent.pgoff + extent.pages) {
      return extent.block + (pgoff - extent.pgoff);
    }
  }
  ADD_FAILURE() << "page " << pgoff << " has no block";
  return 0;
}

// By write() and by a store; also where files are too small to have a place of their own.
TEST_P(Placement, IsWhereSomebodyWishesIt) {
  const uint64_t word = 5;
  for (uint64_t blocks = 1; blocks <= max_fault_pages; blocks *= 2) {
    // It gives no single page the beginning of 2 MiB that are whole.
    if (GetParam() == "huge_aligned" && blocks == max_fault_pages) continue;
    auto written = lab->files().create("written").take();
    written->align_blocks(3, blocks * block_bytes);
    ASSERT_TRUE(written->write(3 * page_bytes, std::as_bytes(std::span(&word, 1))).ok());
    EXPECT_EQ(block_of(*written, 3) % max_fault_pages, blocks % max_fault_pages);
    auto stored = lab->files().create("stored").take();
    stored->align_blocks(0, blocks * block_bytes);
    ASSERT_TRUE(stored->truncate(4 * page_bytes).ok());
    ASSERT_TRUE(stored->map({0, 4}).take()->try_store(0, 1).ok());
    EXPECT_EQ(block_of(*stored, 0) % max_fault_pages, blocks % max_fault_pages);
    for (const char* name : {"written", "stored"}) ASSERT_TRUE(lab->files().unlink(name).ok());
  }
}

// Pages around the one that is wished for keep their order, whichever comes first.
TEST_P(Placement, AWishIsForTheWholeFile) {
  const uint64_t word = 5;
  file->align_blocks(1, 16 * block_bytes);
  for (const uint64_t page : {5, 1, 6}) {
    ASSERT_TRUE(file->write(page * page_bytes, std::as_bytes(std::span(&word, 1))).ok());
  }
  EXPECT_EQ(block_of(*file, 1) % max_fault_pages, 16u);
  EXPECT_EQ(block_of(*file, 5), block_of(*file, 1) + 4);
  EXPECT_EQ(block_of(*file, 6), block_of(*file, 1) + 5);
}

std::string name_of_allocator(const testing::TestParamInfo<std::string>& info) {
  return info.param;
}

INSTANTIATE_TEST_SUITE_P(Allocators, Placement,
                         testing::Values("first_fit", "extent_tree", "huge_aligned", "per_cpu"),
                         name_of_allocator);

}  // namespace
}  // namespace daxlab
