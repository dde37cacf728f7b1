#include "core/region/inode_table.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/region/checked_word.h"

namespace daxlab {
namespace {

class InodeTableTest : public testing::Test {
 protected:
  Counters counters_;
  std::unique_ptr<Region> region_ = Region::create_memfd(64 * block_bytes, counters_).take();
  InodeTable table_{*region_};
};

TEST_F(InodeTableTest, CreatesAndFinds) {
  auto number = table_.create("a_name_longer_than_one_word");
  ASSERT_TRUE(number.ok());
  EXPECT_STREQ(table_.inode(number.value()).name, "a_name_longer_than_one_word");
  EXPECT_EQ(table_.find("a_name_longer_than_one_word").value(), number.value());
  EXPECT_EQ(table_.find("other").code(), ErrorCode::not_found);
  EXPECT_EQ(table_.create("a_name_longer_than_one_word").code(), ErrorCode::exists);
}

TEST_F(InodeTableTest, ChecksNames) {
  EXPECT_EQ(table_.create("").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(table_.create("a/b").code(), ErrorCode::invalid_argument);
  EXPECT_EQ(table_.create(std::string_view("a\0b", 3)).code(), ErrorCode::invalid_argument);
  EXPECT_EQ(table_.create(std::string(64, 'x')).code(), ErrorCode::too_big);
  EXPECT_TRUE(table_.create(std::string(63, 'x')).ok());
  EXPECT_TRUE(InodeTable(*region_).find(std::string(63, 'x')).ok());
}

TEST_F(InodeTableTest, RemovedNameKeepsItsInodeUntilRelease) {
  uint32_t number = table_.create("file").value();
  table_.set_size(number, 12345);
  ASSERT_EQ(table_.remove_name("file").value(), number);
  EXPECT_EQ(table_.find("file").code(), ErrorCode::not_found);
  EXPECT_EQ(table_.remove_name("file").code(), ErrorCode::not_found);
  EXPECT_EQ(table_.size_bytes(number), 12345u) << "still open";
  EXPECT_EQ(table_.taken(), std::vector<uint32_t>{number});
  uint32_t second = table_.create("file").value();
  EXPECT_NE(second, number);
  table_.release(number);
  EXPECT_EQ(table_.taken(), std::vector<uint32_t>{second});
  uint32_t third = table_.create("third").value();
  EXPECT_EQ(third, number);
  EXPECT_EQ(table_.size_bytes(third), 0u);
}

TEST_F(InodeTableTest, NoSpaceWhenFull) {
  for (uint32_t i = 0; i < region_->inode_count(); ++i) {
    ASSERT_TRUE(table_.create("file" + std::to_string(i)).ok());
  }
  EXPECT_EQ(table_.create("one_more").code(), ErrorCode::no_space);
  table_.release(table_.remove_name("file7").value());
  EXPECT_TRUE(table_.create("one_more").ok());
}

// As after a crash: what the durable table says, and nothing else.
TEST_F(InodeTableTest, OpensWhatIsDurable) {
  uint32_t kept = table_.create("kept").value();
  table_.set_size(kept, 99);
  uint32_t gone = table_.create("gone").value();
  region_->persist().store_word(&table_.inode(gone).map_root, seal(40 << map_height_bits | 1));
  table_.set_size(gone, 4096);
  ASSERT_TRUE(table_.remove_name("gone").ok());

  InodeTable reopened(*region_);
  EXPECT_EQ(reopened.find("kept").value(), kept);
  EXPECT_EQ(reopened.size_bytes(kept), 99u);
  EXPECT_EQ(reopened.find("gone").code(), ErrorCode::not_found);
  EXPECT_EQ(reopened.taken(), std::vector<uint32_t>{kept});
  uint32_t fresh = reopened.create("fresh").value();
  EXPECT_EQ(fresh, gone);
  EXPECT_EQ(reopened.inode(fresh).map_root, 0u) << "nothing of the file before it";
  EXPECT_EQ(reopened.size_bytes(fresh), 0u);
}

TEST_F(InodeTableTest, ThreadsGetInodesOfTheirOwn) {
  std::vector<std::jthread> threads;
  std::atomic<int> created{0};
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      for (int round = 0; round < 500; ++round) {
        std::string name = "t" + std::to_string(thread) + "_" + std::to_string(round);
        auto number = table_.create(name);
        ASSERT_TRUE(number.ok());
        created.fetch_add(1);
        ASSERT_EQ(table_.find(name).value(), number.value());
        table_.set_size(number.value(), static_cast<uint64_t>(thread));
        ASSERT_EQ(table_.size_bytes(number.value()), static_cast<uint64_t>(thread));
        ASSERT_EQ(table_.remove_name(name).value(), number.value());
        table_.release(number.value());
      }
    });
  }
  threads.clear();
  EXPECT_EQ(created.load(), 2000);
  EXPECT_TRUE(table_.taken().empty());
}

}  // namespace
}  // namespace daxlab
