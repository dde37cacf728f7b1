#include "core/region/redo_log.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/region/checksum.h"

namespace daxlab {
namespace {

class RedoLogTest : public testing::Test {
 protected:
  Counters counters_;
  std::unique_ptr<Region> region_ = Region::create_memfd(64 * block_bytes, counters_).take();
  RedoLog log_{*region_};

  uint64_t* word(uint64_t index) { return region_->words_of(10) + index; }
  LogWord* record() { return reinterpret_cast<LogWord*>(&region_->log() + 1); }
  // As a crash right after the commit word leaves it.
  void write_committed(std::vector<LogWord> words) {
    LogHeader& header = region_->log();
    header.words = words.size();
    std::copy(words.begin(), words.end(), record());
    const auto* from = reinterpret_cast<const std::byte*>(&header.words);
    header.commit = checksum_of({from, sizeof header - 8 + words.size() * sizeof(LogWord)});
  }
};

TEST_F(RedoLogTest, ChangesAllWordsAndIsIdleAgain) {
  std::vector<WordChange> changes = {{word(0), 5}, {word(511), 6}, {word(8), 7}};
  uint64_t fences = counters_.sum(Counter::fences);
  ASSERT_TRUE(log_.commit(changes).ok());
  EXPECT_EQ(*word(0), 5u);
  EXPECT_EQ(*word(511), 6u);
  EXPECT_EQ(*word(8), 7u);
  EXPECT_EQ(state_of_log(*region_), LogState::idle);
  EXPECT_EQ(counters_.sum(Counter::fences) - fences, 4u);
}

TEST_F(RedoLogTest, TakesAsManyWordsAsItSaysAndNoMore) {
  std::vector<WordChange> changes;
  for (uint64_t i = 0; i < max_log_words; ++i) changes.push_back({word(i), i + 1});
  ASSERT_TRUE(log_.commit(changes).ok());
  for (uint64_t i = 0; i < max_log_words; ++i) ASSERT_EQ(*word(i), i + 1);
  changes.push_back({word(max_log_words), 1});
  changes[0].value = 99;
  EXPECT_EQ(log_.commit(changes).code(), ErrorCode::too_big);
  EXPECT_EQ(*word(0), 1u);
}

TEST_F(RedoLogTest, ReplaysACommittedRecordAnyNumberOfTimes) {
  uint64_t offset = 10 * block_bytes;
  for (int round = 0; round < 2; ++round) {
    write_committed({{offset, 5}, {offset + 8, 6}});
    *word(0) = round == 0 ? 0 : 5;  // some of the changes were made
    ASSERT_EQ(state_of_log(*region_), LogState::committed);
    replay_log(*region_);
    EXPECT_EQ(*word(0), 5u);
    EXPECT_EQ(*word(1), 6u);
    EXPECT_EQ(state_of_log(*region_), LogState::idle);
  }
}

TEST_F(RedoLogTest, NoticesEveryChangedByteOfARecord) {
  uint64_t offset = 10 * block_bytes;
  write_committed({{offset, 5}, {offset + 8, 6}, {offset + 16, 7}});
  auto* bytes = reinterpret_cast<std::byte*>(&region_->log());
  uint64_t length = sizeof(LogHeader) + 3 * sizeof(LogWord);
  for (uint64_t i = 0; i < length; ++i) {
    std::byte was = bytes[i];
    for (int flip = 1; flip < 256; ++flip) {
      bytes[i] = was ^ std::byte(flip);
      ASSERT_EQ(state_of_log(*region_), LogState::damaged) << i;
    }
    bytes[i] = was;
  }
  retire_log(*region_);
  for (uint64_t i = 0; i < sizeof(uint64_t); ++i) {
    bytes[i] = std::byte{1};
    EXPECT_EQ(state_of_log(*region_), LogState::damaged) << "a retired record does not come back";
    bytes[i] = std::byte{0};
  }
}

// With the right checksum: what a hostile image could hold.
TEST_F(RedoLogTest, BelievesNoRecordThatReachesOutOfTablesAndData) {
  uint64_t end = region_->end_data_block() * block_bytes;
  uint64_t start = region_->superblock().inode_table_block * block_bytes;
  for (uint64_t offset : {uint64_t{0}, start - 8, end, end + 8, ~uint64_t{7}, start + 4}) {
    write_committed({{start, 1}, {offset, 1}});
    EXPECT_EQ(state_of_log(*region_), LogState::damaged) << offset;
  }
  write_committed({{start, 1}, {end - 8, 1}});
  EXPECT_EQ(state_of_log(*region_), LogState::committed);
  region_->log().words = ~uint64_t{0};
  EXPECT_EQ(state_of_log(*region_), LogState::damaged);
}

}  // namespace
}  // namespace daxlab
