// The list of a region's bad blocks: what it means, and what is said of one that means nothing.
#include "core/region/bad_blocks.h"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "core/region/region_file_test.h"

namespace daxlab {
namespace {

constexpr uint64_t blocks_of_region = 16;  // 128 sectors

std::vector<uint64_t> parsed(std::string_view text) {
  auto bad = parse_bad_blocks("list", text, blocks_of_region);
  EXPECT_TRUE(bad.ok()) << bad.error().message;
  if (!bad.ok()) return {};
  const auto list = bad.value().list();
  return {list.begin(), list.end()};
}

std::string refusal(std::string_view text) {
  auto bad = parse_bad_blocks("list", text, blocks_of_region);
  return bad.ok() ? "none" : bad.error().message;
}

using Blocks = std::vector<uint64_t>;

TEST(BadBlockList, IsOfSectors) {
  EXPECT_EQ(parsed(""), Blocks());
  EXPECT_EQ(parsed("0 1\n"), Blocks({0}));
  EXPECT_EQ(parsed("15 2\n"), Blocks({1, 2}));
  EXPECT_EQ(parsed("16 8"), Blocks({2}));
  EXPECT_EQ(parsed("127 1\r\n\n  \n24\t8 \n24 8\n"), Blocks({3, 15}));
}

TEST(BadBlockList, IsRefusedWithTheLinesNumber) {
  for (const char* line : {"x", "8", "8 ", "8 x", "8 1 1", "-8 1", "8 -1", "8 0", "0x8 1", " 8 1",
                           "18446744073709551616 1", "8,1", "+8 1", "8 1.0"}) {
    const std::string said = refusal("0 8\n" + std::string(line) + "\n");
    EXPECT_TRUE(said.starts_with("list:2: ")) << said;
    EXPECT_NE(said.find("'2048 8'"), std::string::npos) << said;
  }
  for (const char* line : {"128 1", "127 2", "18446744073709551615 1", "1 18446744073709551615",
                           "8 18446744073709551608"}) {
    const std::string said = refusal(line);
    EXPECT_TRUE(said.starts_with("list:1: ")) << said;
    EXPECT_NE(said.find("outside the region"), std::string::npos) << said;
  }
  EXPECT_NE(refusal(std::string("\x1b[31m\0evil\n", 10)).find("'?[31m?evil'"), std::string::npos);
}

TEST(BadBlockList, SurvivesAnyText) {
  std::mt19937_64 random(1);
  const std::string letters = "0123456789 \t\n\r-x\xff";
  uint64_t understood = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text;
    for (uint64_t length = random() % 12; length > 0; --length) {
      text += letters[random() % letters.size()];
    }
    auto bad = parse_bad_blocks("list", text, blocks_of_region);
    if (!bad.ok()) continue;
    ++understood;
    for (uint64_t block : bad.value().list()) EXPECT_LT(block, blocks_of_region);
  }
  EXPECT_GT(understood, 0u);
}

TEST(BadBlocksOf, AnExtent) {
  const BadBlocks bad({7, 3, 7, 12});
  EXPECT_TRUE(bad.has(3) && bad.has(7) && bad.has(12));
  EXPECT_FALSE(bad.has(0) || bad.has(4) || bad.has(13));
  EXPECT_EQ(bad.first_in({4, 10}), 7u);
  EXPECT_EQ(bad.first_in({4, 3}), 7u) << "its end";
  EXPECT_EQ(bad.first_in({13, 4}), 17u);
  EXPECT_TRUE(bad.has_any({0, 4}));
  EXPECT_FALSE(bad.has_any({4, 3}));
  EXPECT_EQ(bad.count_in({3, 9}), 2u);
  EXPECT_EQ(bad.count_in({0, 100}), 3u);
  EXPECT_FALSE(BadBlocks().has(3));
}

class BadBlocksOfFile : public RegionFiles {
 protected:
  void list(const std::string& text) {
    std::ofstream(bad_blocks_path_of(path_), std::ios::binary) << text;
  }
};

TEST_F(BadBlocksOfFile, StandBesideIt) {
  ASSERT_EQ(error_of(CreateRegion::always), "");
  EXPECT_TRUE(open(CreateRegion::never).value()->bad_blocks().empty());
  list("80 8\n");
  EXPECT_TRUE(open(CreateRegion::never).value()->is_poisoned(10));
  EXPECT_TRUE(read_region_file(path_, counters_).value()->is_poisoned(10));
  EXPECT_TRUE(open(CreateRegion::always).value()->is_poisoned(10)) << "of the memory, not the data";
}

TEST_F(BadBlocksOfFile, AreRefusedWithPathAndLine) {
  ASSERT_EQ(error_of(CreateRegion::always), "");
  list("80 8\nhello\n");
  const std::string where = path_.string() + ".badblocks:2: 'hello'";
  EXPECT_NE(error_of(CreateRegion::never).find(where), std::string::npos);
  EXPECT_NE(error_of_reading().find(where), std::string::npos);
  list(std::string((size_t{1} << 20) + 1, '\n'));
  EXPECT_NE(error_of_reading().find("more than 1048576 bytes"), std::string::npos);
  fs::remove(bad_blocks_path_of(path_));
  fs::create_directory(bad_blocks_path_of(path_));
  EXPECT_NE(error_of_reading().find("not a plain file"), std::string::npos);
}

}  // namespace
}  // namespace daxlab
