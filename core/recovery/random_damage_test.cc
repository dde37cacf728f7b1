// Words of a small region damaged at random: never a crash, and repair leaves a region that works.
#include <random>

#include "core/recovery/damage_test.h"

namespace daxlab {
namespace {

using RandomDamageTest = DamageTest;

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

TEST_P(RandomDamageTest, RandomDamageEndsInARegionThatWorks) {
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

INSTANTIATE_TEST_SUITE_P(Images, RandomDamageTest,
                         testing::Values(LogOnImage::idle, LogOnImage::committed),
                         [](const auto& tested) {
                           return tested.param == LogOnImage::idle ? "LogIdle" : "LogCommitted";
                         });

}  // namespace
}  // namespace daxlab
