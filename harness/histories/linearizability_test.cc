#include "harness/histories/linearizability.h"

#include <gtest/gtest.h>

#include <vector>

namespace daxlab {
namespace {

WordOp read(uint32_t thread, uint64_t value, uint64_t invoked, uint64_t answered) {
  return {thread, true, value, invoked, answered, false};
}
WordOp write(uint32_t thread, uint64_t value, uint64_t invoked, uint64_t answered) {
  return {thread, false, value, invoked, answered, false};
}
bool explained(const std::vector<WordOp>& ops) { return has_explaining_order(ops); }

TEST(Linearizability, NothingAndSequencesAreExplained) {
  EXPECT_TRUE(explained({}));
  EXPECT_TRUE(explained({read(0, 0, 1, 2)}));
  EXPECT_TRUE(
      explained({write(0, 5, 1, 2), read(1, 5, 3, 4), write(1, 0, 5, 6), read(0, 0, 7, 8)}));
}

TEST(Linearizability, TheInitialValueCounts) {
  EXPECT_FALSE(explained({read(0, 7, 1, 2)}));
  EXPECT_TRUE(has_explaining_order(std::vector<WordOp>{read(0, 7, 1, 2)}, 7));
}

TEST(Linearizability, OverlappingOperationsMayComeInEitherOrder) {
  for (const uint64_t seen : {0u, 5u}) {
    EXPECT_TRUE(explained({write(0, 5, 1, 4), read(1, seen, 2, 3)})) << seen;
  }
  for (const uint64_t last : {5u, 6u}) {
    EXPECT_TRUE(explained({write(0, 5, 1, 4), write(1, 6, 2, 3), read(0, last, 5, 6)})) << last;
  }
}

TEST(Linearizability, AStaleReadIsFound) {
  EXPECT_FALSE(explained({write(0, 5, 1, 2), read(1, 0, 3, 4)}));
  EXPECT_FALSE(explained({write(0, 5, 1, 2), write(0, 6, 3, 4), read(1, 5, 5, 6)}));
}

TEST(Linearizability, ALostStoreIsFound) {
  // Both overlapping writes end, and neither is there.
  EXPECT_FALSE(explained({write(0, 5, 1, 4), write(1, 6, 2, 3), read(2, 0, 5, 6)}));
}

TEST(Linearizability, AZeroAfterAWriteNeedsAZeroing) {
  EXPECT_FALSE(explained({write(0, 5, 1, 2), read(0, 5, 3, 4), read(1, 0, 5, 6)}));
  EXPECT_TRUE(
      explained({write(0, 5, 1, 2), write(1, 0, 3, 8), read(0, 5, 4, 5), read(0, 0, 6, 7)}));
  EXPECT_FALSE(
      explained({write(0, 5, 1, 2), write(1, 0, 3, 8), read(0, 0, 4, 5), read(0, 5, 6, 7)}));
}

TEST(Linearizability, TwoReadersMustAgreeOnTheOrder) {
  EXPECT_FALSE(explained({write(0, 5, 1, 20), write(1, 6, 2, 21), read(2, 5, 3, 4),
                          read(2, 6, 7, 8), read(3, 6, 5, 6), read(3, 5, 9, 10)}));
  EXPECT_TRUE(explained({write(0, 5, 1, 20), write(1, 6, 2, 21), read(2, 5, 3, 4), read(2, 6, 7, 8),
                         read(3, 5, 5, 6), read(3, 6, 9, 10)}));
}

TEST(Linearizability, AValueNobodyWroteIsFound) {
  EXPECT_FALSE(explained({write(0, 0x1111, 1, 4), write(1, 0x2222, 2, 3), read(2, 0x1122, 5, 6)}));
}

TEST(Linearizability, ReadsThatDoNotFitYetWaitForTheirWrite) {
  EXPECT_TRUE(explained({read(0, 5, 1, 10), read(1, 0, 2, 3), write(1, 5, 4, 5)}));
}

// Seen with tmpfs: a punch zeroed the word for the read, and again after the store.
TEST(Linearizability, AWriteThatRepeatsMayComeTwice) {
  std::vector<WordOp> ops{write(0, 5, 1, 2), write(1, 0, 3, 8), read(0, 0, 4, 5), write(0, 6, 6, 7),
                          read(0, 0, 9, 10)};
  EXPECT_FALSE(explained(ops));
  ops[1].repeats = true;
  EXPECT_TRUE(explained(ops));
  ops.back().value = 6;
  EXPECT_TRUE(explained(ops));
  // Never after its answer, and not less than once.
  ops.back().value = 5;
  EXPECT_FALSE(explained(ops));
  WordOp punch = write(1, 0, 3, 4);
  punch.repeats = true;
  EXPECT_FALSE(explained({punch, write(0, 5, 5, 6), read(0, 0, 7, 8)}));
  EXPECT_FALSE(explained({write(0, 5, 1, 2), punch, read(0, 5, 5, 6)}));
}

TEST(Linearizability, ManyOverlappingWritesStayQuick) {
  std::vector<WordOp> ops;
  for (uint32_t thread = 0; thread < 4; ++thread) {
    for (uint64_t i = 0; i < 10; ++i) {
      ops.push_back(write(thread, 100 * thread + i + 1, i * 8 + thread, i * 8 + thread + 12));
    }
  }
  ops.push_back(read(4, 12345, 1000, 1001));
  EXPECT_FALSE(explained(ops));
  ops.back().value = 310;
  EXPECT_TRUE(explained(ops));
}

}  // namespace
}  // namespace daxlab
