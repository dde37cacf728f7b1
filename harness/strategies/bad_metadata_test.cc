// A region of which something is lost that is no file's data: refused to who needs it, or at once
// where everybody does, in words.
#include <gtest/gtest.h>

#include <memory>
#include <span>
#include <string>

#include "harness/strategies/named_lab.h"
#include "harness/strategies/page_memory_test.h"

namespace daxlab {
namespace {

class BadMetadata : public testing::Test {
 protected:
  static constexpr uint64_t blocks = 64, log_block = 1;
  PageMemory memory_{blocks * page_bytes};
  CallLog calls_;

  void SetUp() override {
    auto lab = assemble({}, false);
    ASSERT_TRUE(lab.ok()) << lab.error().message;
    const uint64_t word = 4711;
    for (const char* name : {"file", "other"}) {
      auto file = lab.value()->files().create(name).take();
      ASSERT_TRUE(file->write(0, std::as_bytes(std::span(&word, 1))).ok());
    }
  }
  ErrorOr<std::unique_ptr<Lab>> assemble(std::vector<uint64_t> poisoned, bool keep = true) {
    LabSpec spec = spec_of({.engine = EngineKind::simulator, .region_bytes = 0});
    spec.memory = memory_.all();
    spec.keep_memory = keep;
    spec.faults.poisoned_blocks = std::move(poisoned);
    return Lab::assemble(spec, calls_);
  }
  void expect_refused(std::vector<uint64_t> poisoned, const std::string& what) {
    auto lab = assemble(std::move(poisoned));
    ASSERT_FALSE(lab.ok());
    EXPECT_NE(lab.error().message.find(what), std::string::npos) << lab.error().message;
    EXPECT_NE(lab.error().message.find("restore"), std::string::npos) << lab.error().message;
  }
};

TEST_F(BadMetadata, OfEverybodyIsRefusedAtOnce) {
  expect_refused({log_block}, "block 1 is bad (its memory is lost) and holds the redo log");
  expect_refused({0, blocks - 1}, "holds the superblock, and so is its copy");
  auto lab = assemble({});
  ASSERT_TRUE(lab.ok());
}

TEST_F(BadMetadata, OfWhichThereIsACopyIsNot) {
  for (uint64_t block : {uint64_t{0}, blocks - 1}) {
    auto lab = assemble({block});
    ASSERT_TRUE(lab.ok()) << lab.error().message;
    EXPECT_TRUE(lab.value()->files().open("file").ok());
    const SpaceUse use = lab.value()->files().space_use();
    EXPECT_EQ(use.bad_blocks, 0u);
    EXPECT_EQ(use.used_blocks + use.free_blocks, use.total_blocks);
  }
}

TEST_F(BadMetadata, OfOneFileIsRefusedToIt) {
  uint64_t inode_blocks = 0, nodes = 0;
  for (uint64_t block = log_block + 1; block + 1 < blocks; ++block) {
    auto lab = assemble({block});
    if (!lab.ok()) {
      EXPECT_NE(lab.error().message.find("holds"), std::string::npos) << lab.error().message;
      ++inode_blocks;
      continue;
    }
    FileSystem& files = lab.value()->files();
    for (const char* name : {"file", "other"}) {
      auto opened = files.open(name);
      if (opened.ok()) continue;
      ++nodes;
      EXPECT_EQ(opened.code(), ErrorCode::io_error);
      EXPECT_EQ(files.unlink(name).code(), ErrorCode::io_error);
      EXPECT_TRUE(files.open(name[0] == 'f' ? "other" : "file").ok());
      EXPECT_TRUE(files.create("more").ok());
      EXPECT_TRUE(files.unlink("more").ok());
    }
    const SpaceUse use = files.space_use();
    EXPECT_EQ(use.used_blocks + use.free_blocks + use.bad_blocks, use.total_blocks);
  }
  EXPECT_GE(inode_blocks, 1u);
  EXPECT_EQ(nodes, 2u) << "a leaf for each";
}

TEST_F(BadMetadata, OutsideTheRegionCannotBe) {
  auto lab = assemble({blocks});
  ASSERT_FALSE(lab.ok());
  EXPECT_NE(lab.error().message.find("the region has blocks 0 to 63"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
