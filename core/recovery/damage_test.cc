// Every byte of a small region's metadata damaged, one at a time, and many at random: noticed or
// harmless, never a crash, and repair loses nothing but what was damaged.
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "core/recovery/damaged_image.h"

namespace daxlab {
namespace {

constexpr uint64_t image_blocks = 20;

enum class LogOnImage { idle, committed };

// Two files and the remains of a third, whose blocks one of them has by now. What a crash left past
// an end; an inner node; and, if asked for, a record that is still to be replayed.
class DamageTest : public testing::TestWithParam<LogOnImage> {
 protected:
  Counters counters_;
  ImageBuilder image_{image_blocks};
  Region& region_ = image_.region();
  uint32_t a_ = 0, b_ = 0, removed_ = 0;
  ImageMemory whole_{image_blocks};
  ImageMemory memory_{image_blocks};
  std::map<std::string, FileContents> expected_;
  std::vector<Extent> expected_used_;

  void SetUp() override {
    removed_ = image_.add_file("data-c", 2 * page_bytes);
    a_ = image_.add_file("data-a", 3 * page_bytes);
    b_ = image_.add_file("data-b", 600 * page_bytes);
    const uint64_t page_of_removed = image_.add_page(removed_, 0);
    image_.inode(removed_).name_checksum = 0;
    for (uint64_t pgoff : {0u, 2u, 3u}) image_.add_page(a_, pgoff);
    for (uint64_t pgoff : {1u, 512u}) image_.add_page(b_, pgoff);
    image_.entry(a_, 1) = seal(page_of_removed);
    if (GetParam() == LogOnImage::committed) commit_record();
    whole_.copy_from(image_.memory());
    memory_.copy_from(whole_);
    auto region = Region::attach(memory_.medium(), counters_).take();
    auto recovery = recover(*region);
    ASSERT_TRUE(recovery.ok()) << recovery.error().message;
    expected_ = files_in(*region);
    expected_used_ = recovery.value().used;
    memory_.copy_from(whole_);
  }

  // An atomic write to the second file: half of its changes were made.
  void commit_record() {
    uint64_t* leaf = region_.words_of(value_of(image_.entry(b_, 0)));
    const uint64_t fresh = image_.take_block();
    LogHeader& header = region_.log();
    header.words = 2;
    auto* words = reinterpret_cast<LogWord*>(&header + 1);
    words[0] = {offset_of(leaf + 1), seal(fresh)};
    words[1] = {offset_of(&image_.inode(b_).size_bytes), seal(600 * page_bytes + 5)};
    const auto* from = reinterpret_cast<const std::byte*>(&header.words);
    header.commit = checksum_of({from, sizeof header - 8 + 2 * sizeof(LogWord)});
    leaf[1] = seal(fresh);
  }
  uint64_t offset_of(const uint64_t* word) {
    return static_cast<uint64_t>(reinterpret_cast<const std::byte*>(word) - region_.address_of(0));
  }
  std::unique_ptr<Region> attached() {
    auto region = Region::attach(memory_.medium(), counters_);
    return region.ok() ? region.take() : nullptr;
  }

  struct Part {
    uint64_t offset_bytes;
    uint64_t length_bytes;
    std::string file;  // that damage here may change; empty: none
    bool in_use;       // bytes of it mean something now
  };
  std::vector<Part> superblocks_and_log();
  std::vector<Part> inodes();
  std::vector<Part> maps();
  void damage_every_byte_of(const std::vector<Part>& parts);
  void add_map(std::vector<Part>& parts, uint64_t node, uint64_t height);
  void damage_byte(const Part& part, uint64_t offset_bytes, std::byte value, bool mend);
  void fill_up();
  void expect_as_expected(Region& region, const Recovery& recovery);
  void expect_repaired(Region& region, const std::string& but);

  uint64_t noticed_ = 0;
  uint64_t harmless_ = 0;
  uint64_t repaired_ = 0;
};

// One wrong byte of a map is put right: no file changes.
void DamageTest::add_map(std::vector<Part>& parts, uint64_t node, uint64_t height) {
  for (uint64_t i = 0; i < map_fanout; ++i) {
    const uint64_t word = region_.words_of(node)[i];
    parts.push_back({node * block_bytes + i * 8, 8, "", word != 0});
    if (word != 0 && height > 1) add_map(parts, value_of(word), height - 1);
  }
}

std::vector<DamageTest::Part> DamageTest::superblocks_and_log() {
  std::vector<Part> parts;
  for (uint64_t block : {uint64_t{0}, image_blocks - 1}) {
    parts.push_back({block * block_bytes, sizeof(Superblock), "", true});
    parts.push_back(
        {block * block_bytes + sizeof(Superblock), block_bytes - sizeof(Superblock), "", false});
  }
  const bool committed = GetParam() == LogOnImage::committed;
  const uint64_t record_bytes = committed ? sizeof(LogHeader) + 2 * sizeof(LogWord) : 24;
  // A damaged record is given up; some of its changes were made.
  const std::string changed = committed ? "data-b" : "";
  parts.push_back({block_bytes, record_bytes, changed, true});
  parts.push_back(
      {block_bytes + record_bytes, log_blocks * block_bytes - record_bytes, changed, false});
  return parts;
}

std::vector<DamageTest::Part> DamageTest::inodes() {
  std::vector<Part> parts;
  for (uint32_t number = 0; number < region_.inode_count(); ++number) {
    const uint64_t offset = offset_of(&region_.inodes()[number].name_checksum);
    std::string file = number == a_ ? "data-a" : number == b_ ? "data-b" : "";
    const uint64_t reserved = offsetof(Inode, reserved);
    parts.push_back({offset, reserved, file, number < 3});
    parts.push_back({offset + reserved, sizeof(Inode) - reserved, file, false});
  }
  return parts;
}

std::vector<DamageTest::Part> DamageTest::maps() {
  std::vector<Part> parts;
  for (uint32_t number : {a_, b_}) {
    const uint64_t root = value_of(image_.inode(number).map_root);
    add_map(parts, root >> map_height_bits, root % (1 << map_height_bits));
  }
  return parts;
}

// Every free block becomes a page of the first file.
void DamageTest::fill_up() {
  auto region = attached();
  const uint64_t root = value_of(region->inodes()[a_].map_root) >> map_height_bits;
  uint64_t* entry = region->words_of(root) + 100;
  uint64_t block = region->first_data_block();
  auto fill_to = [&](uint64_t end) {
    for (; block < end; ++block) *entry++ = seal(block);
  };
  for (Extent used : expected_used_) {
    fill_to(used.block);
    block = used.end();
  }
  fill_to(region->end_data_block());
}

void DamageTest::expect_as_expected(Region& region, const Recovery& recovery) {
  ASSERT_EQ(recovery.used, expected_used_);
  ASSERT_EQ(files_in(region), expected_);
}

// All data but that of one file is as it was.
void DamageTest::expect_repaired(Region& region, const std::string& but) {
  std::vector<Problem> reported;
  const RepairResult result =
      repair_region(region, [&](const Problem& problem) { reported.push_back(problem); });
  ASSERT_EQ(result.left, 0u) << reported.back().where << ": " << reported.back().what;
  ASSERT_GE(result.problems, 1u);
  ASSERT_TRUE(problems_of(region).empty());
  ASSERT_TRUE(recover(region).ok());
  auto files = files_in(region);
  for (const auto& [name, file] : expected_) {
    ASSERT_TRUE(name == but || files[name] == file) << name;
  }
}

void DamageTest::damage_byte(const Part& part, uint64_t offset_bytes, std::byte value, bool mend) {
  const std::byte old = memory_.bytes()[offset_bytes];
  if (old == value) return;
  memory_.bytes()[offset_bytes] = value;
  auto region = attached();
  ASSERT_NE(region, nullptr) << "the other superblock is there";
  auto recovery = recover(*region);
  if (recovery.ok()) {
    ++harmless_;
    expect_as_expected(*region, recovery.value());
  } else {
    ++noticed_;
    if (mend) {
      ++repaired_;
      expect_repaired(*region, part.file);
    }
  }
  memory_.copy_from(whole_);
}

// Words in use take every value, with a repair for some (a damaged name costs it a search); other
// bytes take a few.
void DamageTest::damage_every_byte_of(const std::vector<Part>& parts) {
  for (const Part& part : parts) {
    for (uint64_t i = 0; i < part.length_bytes; ++i) {
      const uint64_t offset = part.offset_bytes + i;
      const auto old = static_cast<uint32_t>(whole_.bytes()[offset]);
      for (uint32_t change = 1; change < 256; ++change) {
        const bool one_bit = (change & (change - 1)) == 0;
        const bool chosen = change == 0xff || change == old;  // the latter makes it zero
        if (!part.in_use && !one_bit && !chosen) continue;
        if (!part.in_use && part.length_bytes > 1000 && !chosen) continue;
        damage_byte(part, offset, static_cast<std::byte>(old ^ change),
                    chosen || (part.in_use && (change == 1 || change == 0x80)));
        if (HasFatalFailure()) {
          FAIL() << "byte " << offset << " (" << offset / block_bytes << " + "
                 << offset % block_bytes << ") changed by " << change;
        }
      }
    }
  }
  RecordProperty("noticed", static_cast<int>(noticed_));
  RecordProperty("harmless", static_cast<int>(harmless_));
  RecordProperty("repaired", static_cast<int>(repaired_));
}

// A superblock has its twin; a log that is idle is not read but for its first word.
TEST_P(DamageTest, EveryByteOfSuperblocksAndLog) {
  damage_every_byte_of(superblocks_and_log());
  const bool committed = GetParam() == LogOnImage::committed;
  const uint64_t record_bytes = committed ? sizeof(LogHeader) + 2 * sizeof(LogWord) : 8;
  EXPECT_EQ(noticed_, 255 * record_bytes);
  EXPECT_GT(harmless_, 2 * 255 * sizeof(Superblock) + 15'000);
  EXPECT_GE(repaired_, 3 * record_bytes);
}

// Of an inode in use all but what is reserved; of a free one the word that would make it a file.
TEST_P(DamageTest, EveryByteOfInodes) {
  damage_every_byte_of(inodes());
  EXPECT_GT(noticed_, 2 * 255 * offsetof(Inode, reserved) - 255 * sizeof(uint64_t));
  EXPECT_GT(harmless_, 40'000u);
  EXPECT_GT(repaired_, 500u);
}

// Every entry, also those that are 0; harmless only where the log has the word as it should be.
TEST_P(DamageTest, EveryByteOfMaps) {
  damage_every_byte_of(maps());
  EXPECT_GT(noticed_, 100'000u);
  EXPECT_EQ(harmless_, GetParam() == LogOnImage::committed ? 255 * sizeof(uint64_t) : 0);
  EXPECT_GT(repaired_, 10'000u);
}

// A value that can be read wrong in one byte would be wrong in silence: every one that counts is
// covered by a check.
TEST_P(DamageTest, EveryByteThatCountsIsNoticed) {
  const Inode& inode = image_.inode(a_);
  const uint64_t start = offset_of(&inode.name_checksum);
  for (uint64_t i = 0; i < offsetof(Inode, reserved); ++i) {
    damage_byte({start, 0, "data-a", true}, start + i, whole_.bytes()[start + i] ^ std::byte{0x40},
                false);
  }
  EXPECT_EQ(noticed_, offsetof(Inode, reserved));
  EXPECT_EQ(harmless_, 0u);
}

// Beyond single bytes: whole words, many of them with a good check and a bad meaning.
class RandomDamage {
 public:
  RandomDamage(Region& region, uint64_t seed) : region_(region), random_(seed) {}

  void damage() {
    const uint64_t times = 1 + random_() % 6;
    for (uint64_t i = 0; i < times; ++i) damage_once();
  }

 private:
  uint64_t* any_word() {
    const auto inode_words =
        static_cast<uint64_t>(reinterpret_cast<uint64_t*>(region_.inodes()) - region_.words_of(0));
    switch (random_() % 8) {
      case 0:
        return region_.words_of(0) + random_() % (region_.blocks() * map_fanout);
      case 1:
        return &region_.log().commit + random_() % 12;
      case 2:
        return region_.words_of(random_() % 2 == 0 ? 0 : region_.blocks() - 1) + random_() % 15;
      case 3:
      case 4:
        return region_.words_of(0) + inode_words + random_() % (4 * sizeof(Inode) / 8);
      default:
        return region_.words_of(region_.first_data_block() + random_() % region_.data_blocks()) +
               random_() % 8;
    }
  }
  uint64_t any_block() { return random_() % (region_.blocks() + 2); }
  uint64_t any_value() {
    switch (random_() % 8) {
      case 0:
        return random_();
      case 1:
        return ~uint64_t{0};
      case 2:
        return *any_word();
      case 3:
        return seal(max_checked_value - random_() % 2);
      case 4:
        return ImageBuilder::root_word(any_block(), random_() % 8);
      default:
        return seal(any_block());
    }
  }
  void damage_once() {
    switch (random_() % 8) {
      case 0:
        *any_word() ^= uint64_t{1} << random_() % 64;
        break;
      case 1:
        std::swap(*any_word(), *any_word());
        break;
      case 2: {
        Inode& inode = region_.inodes()[random_() % 4];
        inode.name_checksum = checksum_of_name(inode);
        break;
      }
      case 3:
        region_.inodes()[random_() % 4].map_root =
            ImageBuilder::root_word(any_block(), random_() % 8);
        break;
      case 4:
        region_.inodes()[random_() % 5] = region_.inodes()[random_() % 5];
        break;
      case 5:
        std::memmove(region_.words_of(any_data_block()), region_.words_of(any_data_block()),
                     block_bytes);
        break;
      default:
        *any_word() = any_value();
    }
  }
  uint64_t any_data_block() {
    return region_.first_data_block() + random_() % region_.data_blocks();
  }

  Region& region_;
  std::mt19937_64 random_;
};

TEST_P(DamageTest, RandomDamageEndsInARegionThatWorks) {
  uint64_t refused = 0, recovered = 0, repaired = 0, full = 0;
  for (uint64_t seed = 1; seed <= 6000; ++seed) {
    SCOPED_TRACE(seed);
    memory_.copy_from(whole_);
    if (seed % 4 == 0) fill_up();
    RandomDamage(*attached(), seed).damage();
    auto region = attached();
    if (region == nullptr) {
      ++refused;
      continue;
    }
    if (recover(*region).ok()) {
      ++recovered;
      ASSERT_TRUE(problems_of(*region).empty());
      files_in(*region);
      continue;
    }
    std::vector<Problem> left;
    const RepairResult result = repair_region(*region, [&](const Problem& problem) {
      if (problem.remedy.empty()) left.push_back(problem);
    });
    ASSERT_EQ(left.size(), result.left);
    ASSERT_EQ(problems_of(*region).size(), result.left);
    ASSERT_EQ(repair_region(*region, [](const Problem&) {}).problems, result.left);
    if (result.left == 0) {
      ++repaired;
      ASSERT_TRUE(recover(*region).ok());
      files_in(*region);
      continue;
    }
    // Sharing alone may stay, and then nothing is free.
    ++full;
    bool shared = false;
    for (const Problem& problem : left) shared |= problem.kind == ProblemKind::block_shared;
    ASSERT_TRUE(shared);
  }
  RecordProperty("refused", static_cast<int>(refused));
  RecordProperty("recovered", static_cast<int>(recovered));
  RecordProperty("repaired", static_cast<int>(repaired));
  RecordProperty("full", static_cast<int>(full));
  EXPECT_GT(recovered, 500u);
  EXPECT_GT(repaired, 2000u);
  EXPECT_GT(full, 10u);
  EXPECT_LT(full, 1000u);
}

INSTANTIATE_TEST_SUITE_P(Images, DamageTest,
                         testing::Values(LogOnImage::idle, LogOnImage::committed),
                         [](const auto& tested) {
                           return tested.param == LogOnImage::idle ? "LogIdle" : "LogCommitted";
                         });

}  // namespace
}  // namespace daxlab
