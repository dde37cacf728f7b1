// Every byte of a small region's metadata damaged, one at a time: noticed or harmless, and repair
// loses nothing but what was damaged.
#include "core/recovery/damage_test.h"

#include "core/base/sanitized.h"

namespace daxlab {

// Sanitizers make it ten times as slow, and look for other things: there every fifth byte will do,
// which comes to each byte of a word in turn. Each part begins with one.
constexpr uint64_t damaged_every = sanitized ? 5 : 1;
constexpr uint64_t damaged_of(uint64_t length_bytes) {
  return (length_bytes + damaged_every - 1) / damaged_every;
}

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
  for (uint64_t block : {uint64_t{0}, damaged_image_blocks - 1}) {
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
    const uint64_t offset = image_.offset_of(region_.inodes()[number].name_checksum);
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
    for (uint64_t i = 0; i < part.length_bytes; i += damaged_every) {
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

namespace {

// A superblock has its twin; a log that is idle is not read but for its first word.
TEST_P(DamageTest, EveryByteOfSuperblocksAndLog) {
  damage_every_byte_of(superblocks_and_log());
  const bool committed = GetParam() == LogOnImage::committed;
  const uint64_t record_bytes = committed ? sizeof(LogHeader) + 2 * sizeof(LogWord) : 8;
  EXPECT_EQ(noticed_, 255 * damaged_of(record_bytes));
  EXPECT_GT(harmless_, 2 * 255 * damaged_of(sizeof(Superblock)) + 15'000 / damaged_every);
  EXPECT_GE(repaired_, 3 * damaged_of(record_bytes));
}

// Of an inode in use all but what is reserved; of a free one the word that would make it a file.
TEST_P(DamageTest, EveryByteOfInodes) {
  damage_every_byte_of(inodes());
  EXPECT_GT(noticed_,
            2 * 255 * damaged_of(offsetof(Inode, reserved)) - 255 * damaged_of(sizeof(uint64_t)));
  EXPECT_GT(harmless_, 40'000 / damaged_every);
  EXPECT_GT(repaired_, 500 / damaged_every);
}

// Every entry, also those that are 0; harmless only where the log has the word as it should be.
TEST_P(DamageTest, EveryByteOfMaps) {
  damage_every_byte_of(maps());
  EXPECT_GT(noticed_, 100'000 / damaged_every);
  EXPECT_EQ(harmless_,
            GetParam() == LogOnImage::committed ? 255 * damaged_of(sizeof(uint64_t)) : 0);
  EXPECT_GT(repaired_, 10'000 / damaged_every);
}

// A value that can be read wrong in one byte would be wrong in silence: every one that counts is
// covered by a check.
TEST_P(DamageTest, EveryByteThatCountsIsNoticed) {
  const Inode& inode = image_.inode(a_);
  const uint64_t start = image_.offset_of(inode.name_checksum);
  for (uint64_t i = 0; i < offsetof(Inode, reserved); ++i) {
    damage_byte({start, 0, "data-a", true}, start + i, whole_.bytes()[start + i] ^ std::byte{0x40},
                false);
  }
  EXPECT_EQ(noticed_, offsetof(Inode, reserved));
  EXPECT_EQ(harmless_, 0u);
}

INSTANTIATE_TEST_SUITE_P(Images, DamageTest,
                         testing::Values(LogOnImage::idle, LogOnImage::committed),
                         [](const auto& tested) {
                           return tested.param == LogOnImage::idle ? "LogIdle" : "LogCommitted";
                         });

}  // namespace
}  // namespace daxlab
