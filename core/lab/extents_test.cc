// Where blocks are asked for, and what a file says of them.
#include <gtest/gtest.h>

#include "core/engine/simulator/simulated_address_space.h"
#include "core/lab/bare_lab.h"

namespace daxlab {
namespace {

Result<uint64_t> write_in_place(ByteRange range, WriteOps& ops) {
  const uint64_t reserved = ops.reserve(range, Staging::in_place);
  if (reserved == 0) return ErrorCode::no_space;
  const ByteRange fits{range.offset_bytes, reserved};
  if (Status status = ops.copy(fits); !status.ok()) return status;
  if (Status status = ops.publish(fits); !status.ok()) return status;
  return reserved;
}

class ExtentsTest : public testing::Test {
 protected:
  BareLab lab_;
  SimulatedAddressSpace addresses_{*lab_.region};
  std::unique_ptr<DaxFileSystem> files_ = lab_.files_on(addresses_);
  std::unique_ptr<File> file_ = files_->create("file").take();

  void SetUp() override { lab_.writing.script = write_in_place; }
  std::vector<FileExtent> extents() { return file_->extents().take(); }
};

TEST_F(ExtentsTest, AreNoneForAFileOfHoles) {
  EXPECT_TRUE(extents().empty());
  ASSERT_TRUE(file_->truncate(100 * page_bytes).ok());
  EXPECT_TRUE(extents().empty());
}

TEST_F(ExtentsTest, LeaveHolesOutAndAreAsLongAsTheyCanBe) {
  for (const uint64_t page : {3u, 4u, 5u, 700u, 9u}) {
    write_word(*file_, page * page_bytes, page);
    ASSERT_FALSE(HasFatalFailure());
  }
  std::vector<uint64_t> pages;
  const FileExtent* before = nullptr;
  const auto found = extents();
  for (const FileExtent& extent : found) {
    if (before != nullptr) {
      EXPECT_FALSE(before->pgoff + before->pages == extent.pgoff &&
                   before->block + before->pages == extent.block);
    }
    before = &extent;
    for (uint64_t i = 0; i < extent.pages; ++i) {
      pages.push_back(extent.pgoff + i);
      EXPECT_EQ(read_word(*file_, (extent.pgoff + i) * page_bytes),
                lab_.region->words_of(extent.block + i)[0]);
    }
  }
  EXPECT_EQ(pages, (std::vector<uint64_t>{3, 4, 5, 9, 700}));
  ASSERT_TRUE(file_->punch({0, 10 * page_bytes}).ok());
  ASSERT_EQ(extents().size(), 1u);
  EXPECT_EQ(extents()[0].pgoff, 700u);
}

TEST(AppendExtent, JoinsWhatGoesOnInFileAndRegion) {
  std::vector<FileExtent> extents;
  append_extent(extents, {0, 10, 2});
  append_extent(extents, {2, 12, 3});
  append_extent(extents, {6, 15, 1});
  append_extent(extents, {7, 17, 1});
  EXPECT_EQ(extents, (std::vector<FileExtent>{{0, 10, 5}, {6, 15, 1}, {7, 17, 1}}));
}

}  // namespace
}  // namespace daxlab
