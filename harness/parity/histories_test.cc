// Strategies and the kernel do the same with the same histories: every byte that is seen, which
// pages have blocks, and what reading holes costs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "harness/histories/exploration.h"
#include "harness/parity/expected_blocks.h"
#include "harness/parity/history_subject.h"

namespace daxlab {
namespace {

constexpr uint64_t operations = 60;

void expect_no_difference(HistorySubject& subject, uint64_t seed) {
  const auto found = subject.difference(seed, operations);
  EXPECT_FALSE(found) << subject.name() << ", seed " << seed << ": " << *found;
}

// Each pair has its share of the seeds; tmpfs has them all.
TEST(KernelParity, PairsAndTmpfsDoTheSame) {
  std::vector<HistorySubject> pairs = all_pairs();
  auto made = HistorySubject::of_folder("/dev/shm");
  ASSERT_TRUE(made.ok()) << made.error().message;
  HistorySubject tmpfs = made.take();
  EXPECT_EQ(tmpfs.name(), "tmpfs in /dev/shm");
  EXPECT_EQ(pairs.size(), 12u);
  constexpr uint64_t histories = 200;
  for (uint64_t i = 0; i < histories; ++i) {
    const uint64_t seed = first_seed() + i;
    expect_no_difference(pairs[i % pairs.size()], seed);
    expect_no_difference(tmpfs, seed);
  }
}

// Whatever medium can be had there; on fsdax, in_guest_test does it.
TEST(KernelParity, PairsOverRegionsDoTheSameAndLeaveNoFile) {
  const std::filesystem::path path =
      testing::TempDir() + "/histories_test.region." + std::to_string(getpid());
  auto pairs = pairs_over(path);
  ASSERT_TRUE(pairs.ok()) << pairs.error().message;
  EXPECT_EQ(pairs.value().size(), 4u);
  EXPECT_FALSE(std::filesystem::exists(path));
  for (HistorySubject& pair : pairs.value()) {
    EXPECT_THAT(pair.name(), testing::HasSubstr(" over f"));
    for (uint64_t i = 0; i < 5; ++i) expect_no_difference(pair, first_seed() + i);
  }
}

TEST(KernelParity, WhatIsAtTheRegionsPathStays) {
  const std::filesystem::path path =
      testing::TempDir() + "/histories_test.theirs." + std::to_string(getpid());
  std::ofstream(path) << "theirs";
  const auto pairs = pairs_over(path);
  EXPECT_FALSE(pairs.ok());
  EXPECT_EQ(std::filesystem::file_size(path), 6u);
  std::filesystem::remove(path);
}

TEST(KernelParity, AStrategyThatKeepsWhatItReadsIsNotTakenForOneThatDoesNot) {
  // Blocks of alloc_on_read under the rule of others: some history must show them.
  HistorySubject subject = HistorySubject::of_pair("alloc_on_read", "partial", HoleRule{});
  uint64_t found = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) found += subject.difference(seed, operations) ? 1 : 0;
  EXPECT_GT(found, 0u);
}

TEST(ExpectedBlocks, FollowWhatIsWrittenStoredAndFreed) {
  constexpr uint64_t page = page_bytes;
  const History history{
      .seed = 0,
      .ops = {{.kind = OpKind::create},
              {.kind = OpKind::truncate, .offset_bytes = 10 * page},
              {.kind = OpKind::map, .offset_bytes = 2 * page, .length_bytes = 8 * page},
              {.kind = OpKind::load, .offset_bytes = 0},
              {.kind = OpKind::store, .offset_bytes = page, .value = 1},
              {.kind = OpKind::write, .offset_bytes = 5 * page - 1, .length_bytes = 2},
              {.kind = OpKind::preallocate, .offset_bytes = 7 * page, .length_bytes = 2 * page},
              {.kind = OpKind::punch, .offset_bytes = 4 * page, .length_bytes = page + 1},
              {.kind = OpKind::truncate, .offset_bytes = 8 * page + 1}}};
  const ExpectedBlocks expected(history);
  ASSERT_NE(expected.file(0), nullptr);
  EXPECT_EQ(expected.file(0)->must, (std::set<uint64_t>{3, 5, 7, 8}));
  EXPECT_EQ(expected.file(0)->loaded, (std::set<uint64_t>{2}));
  EXPECT_EQ(expected.must_pages(), 4u);
  EXPECT_EQ(expected.may_pages_with_loaded(), 5u);
  EXPECT_EQ(expected.file(1), nullptr);
}

}  // namespace
}  // namespace daxlab
