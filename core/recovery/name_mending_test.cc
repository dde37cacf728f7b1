// What repair does to names, and to inodes that are in doubt.
#include "core/recovery/repair_test.h"

namespace daxlab {
namespace {

TEST_F(RepairTest, ANameWithOneWrongByteComesBack) {
  for (size_t i = 0; i < sizeof(Inode::name); ++i) {
    image_.inode(a_).name[i] = static_cast<char>(image_.inode(a_).name[i] ^ 3);
    EXPECT_EQ(repaired(1), before_) << i;
    EXPECT_EQ(reported_[0].remedy, "has its name 'data-a' again");
  }
}

TEST_F(RepairTest, ADamagedChecksumIsSealedAnew) {
  image_.inode(a_).name_checksum ^= 0x100;
  EXPECT_EQ(repaired(1), before_);
  EXPECT_EQ(reported_[0].remedy, "keeps the name as it stands");
  std::memcpy(image_.inode(a_).name, "text", 4);  // more than a byte
  auto files = repaired(1);
  EXPECT_EQ(files["text-a"], before_["data-a"]);
  EXPECT_EQ(files["data-b"], before_["data-b"]);
}

TEST_F(RepairTest, AnImpossibleNameBecomesLost) {
  for (std::string_view name :
       {std::string_view(""), std::string_view("x/y"), std::string_view("x\0y", 3)}) {
    rename_raw(a_, name);
    auto files = repaired(1);
    EXPECT_EQ(files.size(), 2u);
    EXPECT_EQ(files["lost-0"], before_["data-a"]);
    EXPECT_EQ(files["data-b"], before_["data-b"]);
  }
}

TEST_F(RepairTest, LostNamesAreNewNames) {
  image_.add_file("lost-0", 5);
  image_.add_file("lost-0-2", 6);
  rename_raw(a_, "/");
  EXPECT_EQ(repaired(1)["lost-0-3"], before_["data-a"]);
}

TEST_F(RepairTest, AnInodeThatHoldsNothingIsFreed) {
  std::memset(&image_.inode(7), 0xff, sizeof(Inode));
  EXPECT_EQ(repaired(3), before_);
  EXPECT_FALSE(is_taken(image_.inode(7)));
  const uint32_t empty = image_.add_file("empty", 0);
  image_.inode(empty).name_checksum = 0x505;
  EXPECT_EQ(repaired(1).count("empty"), 1u) << "a file may be empty";
}

TEST_F(RepairTest, TheSecondOfANameBecomesLost) {
  image_.add_file("data-c", 0);
  rename_raw(b_, "data-a");
  rename_raw(2, "data-a");
  auto files = repaired(2);
  EXPECT_EQ(files["data-a"], before_["data-a"]);
  EXPECT_EQ(files["lost-1"], before_["data-b"]);
  EXPECT_EQ(files.count("lost-2"), 1u);
}

// A file that was removed shortly before a crash; its blocks are others' by now.
TEST_F(RepairTest, AFreeInodeThatSeemsTakenGetsNoBlockOfOthers) {
  Inode& inode = image_.inode(0);
  const Inode& other = image_.inode(b_);
  inode.name_checksum = 99;
  inode.map_root = ImageBuilder::root_word(image_.entry(b_, 2) & max_checked_value, 1);
  auto files = repaired(2);
  EXPECT_EQ(files["data-b"], before_["data-b"]);
  EXPECT_TRUE(files["data-a"].blocks.empty());
  inode.map_root = other.map_root;
  inode.name_checksum = 99;
  EXPECT_EQ(repaired(2)["data-b"], before_["data-b"]);
}

TEST_F(RepairTest, AFreeInodeWithOneWrongByteIsFreeAgain) {
  Inode& inode = image_.inode(image_.add_file("gone", 2 * page_bytes));
  inode.name_checksum = uint64_t{0x5a} << 16;
  auto files = repaired(1);
  EXPECT_EQ(inode.name_checksum, 0u);
  EXPECT_EQ(files, before_);
}

}  // namespace
}  // namespace daxlab
