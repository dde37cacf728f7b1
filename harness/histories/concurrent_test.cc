#include "harness/histories/concurrent.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/engine/baseline/baseline_file_system.h"
#include "harness/histories/flawed_file_system.h"

namespace daxlab {
namespace {

Event event(uint32_t thread, SharedOp op, uint64_t invoked, uint64_t answered,
            std::array<uint64_t, most_words> words = {}) {
  Event made;
  made.thread = thread;
  made.op = op;
  made.invoked = invoked;
  made.answered = answered;
  made.words = words;
  made.count_bytes = op.words * 8;
  return made;
}
SharedOp op(SharedOpKind kind, uint64_t offset_bytes, uint64_t words, uint64_t value = 0) {
  SharedOp made;
  made.kind = kind;
  made.offset_bytes = offset_bytes;
  made.words = words;
  made.value = value;
  return made;
}

ConcurrentProgram program_of(uint32_t threads) {
  ConcurrentProgram program;
  program.seed = 9;
  program.threads = threads;
  return program;
}

TEST(Judge, ATornWriteOfSeveralWordsIsFine) {
  const std::vector<Event> events{event(0, op(SharedOpKind::write, 0, 2, 10), 1, 4),
                                  event(1, op(SharedOpKind::read, 0, 2), 2, 3, {0, 11})};
  EXPECT_EQ(judge(program_of(2), events), std::nullopt);
  EXPECT_EQ(overlapping_pairs(events), 1u);
}

TEST(Judge, AWordThatTheWriteFinishedMustBeThere) {
  const std::vector<Event> events{event(0, op(SharedOpKind::write, 0, 2, 10), 1, 2),
                                  event(1, op(SharedOpKind::read, 0, 2), 3, 4, {0, 11})};
  const auto failure = judge(program_of(2), events);
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->find("seed 9, 2 threads: no order explains what was seen of f0 offset 0"),
            std::string::npos);
  EXPECT_NE(failure->find("thread 1 round  0 read (2 words from offset 0) saw 0x0"),
            std::string::npos)
      << *failure;
  EXPECT_EQ(overlapping_pairs(events), 0u);
}

// A file of three words, the third stored to behind its end.
TEST(Judge, WhatWasStoredBehindTheEndIsZeroWhenTheFileGrows) {
  SharedOp behind = op(SharedOpKind::store, 16, 1, 10);
  behind.by_new_view = true;
  SharedOp cut = op(SharedOpKind::truncate, 16, 1), grow = op(SharedOpKind::truncate, 24, 1);
  SharedOp look = op(SharedOpKind::read, 16, 1);
  for (SharedOp* each : {&behind, &cut, &grow, &look}) each->may_be_cut = true;
  std::vector<Event> events{event(0, cut, 1, 2), event(0, behind, 3, 4), event(0, grow, 5, 6),
                            event(1, look, 7, 8, {0})};
  EXPECT_EQ(judge(program_of(2), events), std::nullopt);
  events[3].words[0] = 10;
  EXPECT_TRUE(judge(program_of(2), events));
  events[1].answered = 5;  // while the file grows
  events[1].thread = 1;
  events[2].invoked = 4;
  EXPECT_EQ(judge(program_of(2), events), std::nullopt);
}

// The zeros come first, then the store, then a look that finds the old end, then the new end.
TEST(Judge, WhatIsStoredBehindTheEndWhileTheFileGrowsMayShowWhenItHasGrown) {
  SharedOp behind = op(SharedOpKind::store, 16, 1, 10);
  behind.by_new_view = true;
  SharedOp cut = op(SharedOpKind::truncate, 16, 1), grow = op(SharedOpKind::truncate, 24, 1);
  SharedOp look = op(SharedOpKind::read, 16, 1);
  for (SharedOp* each : {&behind, &cut, &grow, &look}) each->may_be_cut = true;
  std::vector<Event> events{event(1, cut, 1, 2), event(0, grow, 3, 8), event(1, behind, 4, 5),
                            event(1, look, 6, 7, {}), event(1, look, 9, 10, {10})};
  events[3].count_bytes = 0;
  EXPECT_EQ(judge(program_of(2), events), std::nullopt);
  events[4].words[0] = 0;
  EXPECT_EQ(judge(program_of(2), events), std::nullopt);
  events[4].words[0] = 11;
  EXPECT_TRUE(judge(program_of(2), events));
  events[4].words[0] = 10;
  events[1].invoked = 6;  // after the store
  events[3].invoked = 7;
  EXPECT_TRUE(judge(program_of(2), events));
}

TEST(Judge, APunchZerosEveryWordOfItsPageOnly) {
  const SharedOp punch = op(SharedOpKind::punch, 4096, 1);
  for (const uint64_t offset : {4096u, 8184u}) {
    EXPECT_EQ(judge(program_of(2),
                    {event(0, op(SharedOpKind::store, offset, 1, 5), 1, 2), event(1, punch, 3, 4),
                     event(0, op(SharedOpKind::load, offset, 1), 5, 6, {0})}),
              std::nullopt);
  }
  for (const uint64_t offset : {4088u, 8192u}) {
    EXPECT_TRUE(judge(program_of(2),
                      {event(0, op(SharedOpKind::store, offset, 1, 5), 1, 2), event(1, punch, 3, 4),
                       event(0, op(SharedOpKind::load, offset, 1), 5, 6, {0})}));
  }
}

TEST(Judge, AFailedOrShortOperationIsAFailure) {
  Event failed = event(0, op(SharedOpKind::punch, 0, 1), 1, 2);
  failed.code = ErrorCode::no_space;
  EXPECT_TRUE(judge(program_of(2), {failed}));
  Event cut = event(0, op(SharedOpKind::write, 0, 2, 1), 1, 2);
  cut.count_bytes = 8;
  EXPECT_TRUE(judge(program_of(2), {cut}));
}

TEST(ConcurrentProgram, WritesEachValueOnce) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    std::vector<uint64_t> values;
    for (const auto& round : random_concurrent_program(seed, 4).rounds) {
      for (const auto& thread : round) {
        for (const SharedOp& shared : thread) {
          for (uint64_t word = 0; word < shared.words; ++word)
            values.push_back(shared.value + word);
        }
      }
    }
    std::sort(values.begin(), values.end());
    EXPECT_GT(values.size(), 20u * 4 * 4);
    EXPECT_NE(values.front(), 0u);
    EXPECT_EQ(std::adjacent_find(values.begin(), values.end()), values.end());
  }
}

TEST(CheckConcurrentHistories, PassesARightFileSystem) {
  FlawedFileSystem files(Flaw::none);
  const ConcurrentVerdict verdict = check_concurrent_histories(files, 1, 60, 4);
  EXPECT_EQ(verdict.failure, std::nullopt);
  if (can_run_at_once()) {
    EXPECT_GT(verdict.overlapping_pairs, 0u);
  }
  EXPECT_TRUE(files.is_empty());
}

TEST(CheckConcurrentHistories, FindsFlaws) {
  for (const Flaw flaw : {Flaw::drops_stores, Flaw::keeps_zero_pages, Flaw::copies_pages}) {
    FlawedFileSystem files(flaw);
    const ConcurrentVerdict verdict = check_concurrent_histories(files, 1, 200, 4);
    ASSERT_TRUE(verdict.failure) << static_cast<uint32_t>(flaw);
    EXPECT_NE(verdict.failure->find("no order explains"), std::string::npos) << *verdict.failure;
  }
}

TEST(Judge, WhatIsCutIsPastTheEndAndThenZeros) {
  SharedOp cut = op(SharedOpKind::truncate, 4096, 1), grow = op(SharedOpKind::truncate, 8192, 1);
  cut.may_be_cut = grow.may_be_cut = true;
  SharedOp load = op(SharedOpKind::load, 4096, 1);
  load.may_be_cut = true;
  const Event stored = event(0, op(SharedOpKind::store, 4096, 1, 5), 1, 2);
  Event missing = event(0, load, 5, 6);
  missing.code = ErrorCode::beyond_end;
  const auto after_growth = [&](uint64_t value) {
    return judge(program_of(2), {stored, event(1, cut, 3, 4), missing, event(1, grow, 7, 8),
                                 event(0, load, 9, 10, {value})});
  };
  EXPECT_EQ(after_growth(0), std::nullopt);
  ASSERT_TRUE(after_growth(5));
  EXPECT_NE(after_growth(5)->find("saw past the end"), std::string::npos) << *after_growth(5);
  // A word that is there cannot be missed, and one that is cut cannot be seen.
  EXPECT_TRUE(judge(program_of(2), {stored, missing}));
  EXPECT_TRUE(judge(program_of(2), {stored, event(1, cut, 3, 4), event(0, load, 5, 6, {5})}));
  // While the cut is under way, both can be.
  EXPECT_EQ(judge(program_of(2), {stored, event(1, cut, 3, 9), event(0, load, 5, 6, {5})}),
            std::nullopt);
}

TEST(CheckConcurrentHistories, FindsFlawsOfTruncate) {
  FlawedFileSystem right(Flaw::none);
  const auto none =
      check_concurrent_histories(right, 1, 60, 4, PunchRule::at_once, Truncates::some);
  EXPECT_EQ(none.failure, std::nullopt) << *none.failure;
  for (const Flaw flaw : {Flaw::keeps_cut_bytes, Flaw::ignores_end, Flaw::drops_stores,
                          Flaw::keeps_zero_pages, Flaw::copies_pages}) {
    FlawedFileSystem files(flaw);
    const auto verdict =
        check_concurrent_histories(files, 1, 200, 4, PunchRule::at_once, Truncates::some);
    ASSERT_TRUE(verdict.failure) << static_cast<uint32_t>(flaw);
    EXPECT_NE(verdict.failure->find("no order explains"), std::string::npos) << *verdict.failure;
  }
}

TEST(CheckConcurrentHistories, TheKernelIsCoherent) {
  auto files = BaselineFileSystem::make("/dev/shm");
  ASSERT_TRUE(files.ok()) << files.error().message;
  const ConcurrentVerdict verdict =
      check_concurrent_histories(*files.value(), 1, 200, 4, PunchRule::repeatedly);
  EXPECT_EQ(verdict.failure, std::nullopt);
  if (can_run_at_once()) {
    EXPECT_GT(verdict.overlapping_pairs, 0u);
  }
}

}  // namespace
}  // namespace daxlab
