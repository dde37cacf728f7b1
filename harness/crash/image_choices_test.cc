// Which words of a region make a difference after a crash, and how many images there are for it.
#include "harness/crash/image_choices.h"

#include <gtest/gtest.h>

#include "core/recovery/damaged_image.h"
#include "harness/crash/hand_trace_test.h"

namespace daxlab {
namespace {

// A region with one file of two pages, of which the second is a hole.
class ImageChoicesTest : public testing::Test {
 protected:
  ImageChoicesTest() {
    file_ = image_.add_file("f0", 2 * page_bytes);
    block_ = image_.add_page(file_, 0);
    free_ = image_.take_block();
  }
  HandTrace trace() { return HandTrace(image_.region().medium().bytes()); }
  uint64_t word_of(const uint64_t& word) { return image_.offset_of(word) / sizeof(uint64_t); }
  uint64_t in_block(uint64_t block, uint64_t index) {
    return word_of(image_.region().words_of(block)[index]);
  }
  WordUse use_of(const HandTrace& trace, uint64_t word) {
    const CrashImages images = trace.images();
    std::vector<OpenStore> open;
    images.collect_open(open);
    WordUses uses;
    uses.find(images, open);
    return uses.use_of(word * sizeof(uint64_t));
  }

  ImageBuilder image_{32};
  uint32_t file_ = 0;
  uint64_t block_ = 0;
  uint64_t free_ = 0;
};

TEST_F(ImageChoicesTest, NothingOpenIsOneImage) {
  EXPECT_EQ(trace().count(), 1u);
  EXPECT_EQ(trace().count(true), 1u);
}

TEST_F(ImageChoicesTest, MetadataIsCombinedWordByWord) {
  HandTrace size = trace();
  size.store(word_of(image_.inode(file_).size_bytes), seal(page_bytes));
  EXPECT_EQ(size.count(), 2u);
  size.store(word_of(image_.entry(file_, 1)), seal(free_));
  EXPECT_EQ(size.count(), 4u);
  size.store(word_of(image_.entry(file_, 1)), 0);
  EXPECT_EQ(size.count(), 4u) << "the entry was 0 before, too";
  size.store(word_of(image_.entry(file_, 1)), seal(free_ + 1));
  EXPECT_EQ(size.count(), 6u);
}

TEST_F(ImageChoicesTest, WordsOfFilesAreNotCombined) {
  HandTrace data = trace();
  for (uint64_t i = 0; i < 100; ++i) data.store(in_block(block_, i), i + 1);
  EXPECT_EQ(use_of(data, in_block(block_, 0)), WordUse::data);
  EXPECT_EQ(data.count(), 2u) << "all as they were, or all new";
  EXPECT_EQ(data.count(true), 3u) << "or every other one";
  data.store(in_block(block_, 5), 77).store(in_block(block_, 5), 78);
  EXPECT_EQ(data.count(), 4u) << "one of them has four values";
  data.store(word_of(image_.inode(file_).size_bytes), seal(page_bytes));
  EXPECT_EQ(data.count(), 8u);
  EXPECT_EQ(data.count(true), 10u);
}

TEST_F(ImageChoicesTest, EveryValueOfAWordOfAFileIsShown) {
  HandTrace data = trace();
  data.store(in_block(block_, 3), 1).store(in_block(block_, 3), 2).store(in_block(block_, 9), 5);
  CrashImages images = data.images();
  ImageChoices choices;
  choices.find(images);
  std::set<uint64_t> third, ninth;
  for (uint64_t number = 0; number < choices.count(false); ++number) {
    choices.put(number, images);
    const auto* words = reinterpret_cast<const uint64_t*>(images.image().data());
    third.insert(words[in_block(block_, 3)]);
    ninth.insert(words[in_block(block_, 9)]);
  }
  EXPECT_EQ(third, (std::set<uint64_t>{image_.region().words_of(block_)[3], 1, 2}));
  EXPECT_EQ(ninth, (std::set<uint64_t>{image_.region().words_of(block_)[9], 5}));
}

TEST_F(ImageChoicesTest, WhatNobodyReadsStaysAsItWas) {
  HandTrace unread = trace();
  for (uint64_t i = 0; i < 100; ++i) unread.store(in_block(free_, i), i + 1);
  EXPECT_EQ(unread.count(true), 1u) << "a free block";
  Inode& free_inode = image_.inode(7);
  unread.store(word_of(free_inode.size_bytes), seal(5)).store(word_of(free_inode.map_root), 3);
  EXPECT_EQ(unread.count(true), 1u) << "a free inode";
  const uint64_t log = word_of(image_.region().log().commit);
  for (uint64_t i = 1; i < 20; ++i) unread.store(log + i, i);
  EXPECT_EQ(unread.count(true), 1u) << "a record that does not count";
  unread.store(word_of(free_inode.name_checksum), 9);
  EXPECT_EQ(unread.count(true), 8u) << "now the inode may be a file's";
}

TEST_F(ImageChoicesTest, ABlockIsReadOnceAMapMayLeadThere) {
  HandTrace open = trace();
  open.store(in_block(free_, 0), 1);
  EXPECT_EQ(use_of(open, in_block(free_, 0)), WordUse::unread);
  open.store(word_of(image_.entry(file_, 1)), seal(free_));
  EXPECT_EQ(use_of(open, in_block(free_, 0)), WordUse::data);
  EXPECT_EQ(open.count(), 4u);
  HandTrace node = trace();
  node.store(in_block(free_, 0), 1).store(in_block(free_, 1), 2);
  node.store(word_of(image_.inode(file_).map_root), ImageBuilder::root_word(free_, 2));
  EXPECT_EQ(use_of(node, in_block(free_, 0)), WordUse::metadata);
  EXPECT_EQ(node.count(), 8u);
}

TEST_F(ImageChoicesTest, ARecordThatCountsIsFollowed) {
  HandTrace commit = trace();
  uint64_t* log = &image_.region().log().commit;
  const uint64_t entry = image_.offset_of(image_.entry(file_, 1));
  commit.store(word_of(log[1]), 1)
      .store(word_of(log[8]), entry)
      .store(word_of(log[9]), seal(free_));
  commit.store(in_block(free_, 0), 1);
  EXPECT_EQ(commit.count(), 1u);
  commit.store(word_of(log[0]), 99);
  EXPECT_EQ(use_of(commit, in_block(free_, 0)), WordUse::data) << "by way of the record";
  EXPECT_EQ(commit.count(), 2u * 2 * 2 * 2 * 2);
}

// Recovery stores them before it reads them.
TEST_F(ImageChoicesTest, WordsThatARecordGivesAnewMakeNoDifference) {
  const uint64_t size = image_.offset_of(image_.inode(file_).size_bytes);
  image_.commit_record({{size, seal(page_bytes)}});
  HandTrace redone = trace();
  redone.store(size / sizeof(uint64_t), seal(page_bytes));
  EXPECT_EQ(redone.count(), 1u);
  redone.store(word_of(image_.region().log().commit), 0);
  EXPECT_EQ(redone.count(), 4u) << "once it may count no more";
}

TEST_F(ImageChoicesTest, LinesThatACrashTookAreNamed) {
  HandTrace trace = this->trace();
  trace.store(word_of(image_.inode(file_).size_bytes), seal(page_bytes));
  trace.store(in_block(block_, 8), 1).store(in_block(block_, 9), 2);
  CrashImages images = trace.images();
  ImageChoices choices;
  choices.find(images);
  choices.put(0, images);
  const auto taken = choices.taken(images);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_TRUE(taken[0].starts_with("lost: line 0 of the inode table (inode 0), stored at "))
      << taken[0];
  EXPECT_TRUE(taken[1].starts_with("lost: line 1 of data block ")) << taken[1];
  choices.put(choices.count(false), images);
  EXPECT_TRUE(choices.taken(images)[1].starts_with("torn: ")) << choices.taken(images)[1];
  choices.put(choices.count(false) - 1, images);
  EXPECT_TRUE(choices.taken(images).empty());
}

}  // namespace
}  // namespace daxlab
