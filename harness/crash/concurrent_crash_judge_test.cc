// What threads may find after a crash, and what not: on regions made by hand.
#include "harness/crash/concurrent_crash_judge.h"

#include <gtest/gtest.h>

#include <cstring>

#include "core/recovery/damaged_image.h"
#include "harness/crash/check_crashes.h"
#include "harness/crash/recorded_run_test.h"
#include "harness/crash/trace_mutation.h"

namespace daxlab {
namespace {

// One file of four pages, of which the first has a block of zeros. Events are told in any order.
class ConcurrentCrashJudgeTest : public testing::Test {
 protected:
  static constexpr uint64_t pages = 4;

  ConcurrentCrashJudgeTest() {
    program_.threads = 2;
    program_.files = 1;
    program_.file_pages = pages;
    file_ = image_.add_file("f0", pages * page_bytes);
    words_ = image_.region().words_of(image_.add_page(file_, 0));
    std::memset(words_, 0, page_bytes);
  }
  // Its number.
  uint64_t add(SharedOpKind kind, uint64_t offset_bytes = 0, uint64_t value = 0,
               uint64_t words = 1) {
    Event event;
    event.op.kind = kind;
    event.op.offset_bytes = offset_bytes;
    event.op.value = value;
    event.op.words = words;
    event.count_bytes = words * 8;
    events_.push_back(event);
    return events_.size() - 1;
  }
  uint64_t write(uint64_t value) { return add(SharedOpKind::write, 0, value); }
  uint64_t store(uint64_t value) { return add(SharedOpKind::store, 0, value); }
  void begin(uint64_t op) { judge().op_begins(op); }
  void end(uint64_t op) { judge().op_ends(op); }
  void tell(uint64_t op) {
    begin(op);
    end(op);
  }
  ConcurrentCrashJudge& judge() {
    if (!judge_) judge_ = std::make_unique<ConcurrentCrashJudge>(program_, events_);
    return *judge_;
  }
  std::string seen() {
    return seen(Recovery{.used = check_region(image_.region(), [](const Problem&) {}).used});
  }
  std::string seen(const Recovery& recovery) {
    const auto finding = judge().judge(image_.region(), recovery);
    return finding ? name_of(finding->promise) : "legal";
  }
  std::string seen(uint64_t value) {
    words_[0] = value;
    return seen();
  }
  std::string seen_size(uint64_t size_bytes) {
    image_.inodes().set_size(file_, size_bytes);
    return seen();
  }

  ImageBuilder image_{64};
  uint32_t file_ = 0;
  uint64_t* words_ = nullptr;
  ConcurrentProgram program_;
  std::vector<Event> events_;
  std::unique_ptr<ConcurrentCrashJudge> judge_;
};

TEST_F(ConcurrentCrashJudgeTest, ZerosAreTheBeginning) {
  EXPECT_EQ(seen(0), "legal");
  EXPECT_EQ(seen(7), "isolation") << "nobody wrote it";
}

TEST_F(ConcurrentCrashJudgeTest, WhatIsInFlightIsThereOrNot) {
  begin(write(7));
  EXPECT_EQ(seen(0), "legal");
  EXPECT_EQ(seen(7), "legal");
  EXPECT_EQ(seen(8), "isolation");
}

TEST_F(ConcurrentCrashJudgeTest, AWriteThatHasAnsweredIsThere) {
  const uint64_t first = write(7), second = write(8), third = write(9);
  tell(first);
  EXPECT_EQ(seen(7), "legal");
  EXPECT_EQ(seen(0), "durability");
  begin(second);
  begin(third);
  end(third);
  EXPECT_EQ(seen(9), "legal");
  EXPECT_EQ(seen(8), "legal") << "it may have come after the third";
  EXPECT_EQ(seen(7), "durability");
  end(second);
  EXPECT_EQ(seen(9), "legal") << "the two overlapped";
  EXPECT_EQ(seen(8), "legal");
}

TEST_F(ConcurrentCrashJudgeTest, AStoreIsDurableBySyncsThatBeganAfterIt) {
  const uint64_t first = store(7), second = store(8), early = add(SharedOpKind::sync),
                 late = add(SharedOpKind::view_sync);
  tell(first);
  EXPECT_EQ(seen(0), "legal");
  begin(early);
  tell(second);
  EXPECT_EQ(seen(0), "legal");
  end(early);
  EXPECT_EQ(seen(0), "durability");
  EXPECT_EQ(seen(7), "legal") << "the second came too late for it";
  EXPECT_EQ(seen(8), "legal");
  tell(late);
  EXPECT_EQ(seen(7), "durability");
  EXPECT_EQ(seen(8), "legal");
}

TEST_F(ConcurrentCrashJudgeTest, AViewSyncIsForItsPage) {
  const uint64_t stored = store(7), sync = add(SharedOpKind::view_sync, page_bytes);
  tell(stored);
  tell(sync);
  EXPECT_EQ(seen(0), "legal");
}

TEST_F(ConcurrentCrashJudgeTest, WhatFailedIsNotThere) {
  const uint64_t failed = write(7), poisoned = write(8);
  events_[failed].code = ErrorCode::no_space;
  events_[failed].count_bytes = 0;
  events_[poisoned].code = ErrorCode::io_error;
  tell(failed);
  EXPECT_EQ(seen(7), "isolation");
  tell(poisoned);
  EXPECT_EQ(seen(8), "legal") << "nobody knows";
  EXPECT_EQ(seen(0), "legal");
}

TEST_F(ConcurrentCrashJudgeTest, AShortWriteIsThereAsFarAsItSays) {
  const uint64_t written = add(SharedOpKind::write, 0, 7, 3);
  events_[written].count_bytes = 8;
  tell(written);
  EXPECT_EQ(seen(7), "legal");
  words_[1] = 8;
  EXPECT_EQ(seen(7), "isolation");
}

TEST_F(ConcurrentCrashJudgeTest, APunchIsDurable) {
  const uint64_t written = write(7), punched = add(SharedOpKind::punch);
  tell(written);
  begin(punched);
  EXPECT_EQ(seen(7), "legal");
  EXPECT_EQ(seen(0), "legal");
  end(punched);
  EXPECT_EQ(seen(7), "durability");
  EXPECT_EQ(seen(0), "legal");
}

TEST_F(ConcurrentCrashJudgeTest, WhatWasCutDoesNotComeBack) {
  const uint64_t written = write(7), cut = add(SharedOpKind::truncate, 0),
                 grown = add(SharedOpKind::truncate, pages * page_bytes);
  tell(written);
  begin(cut);
  EXPECT_EQ(seen(7), "legal");
  end(cut);
  EXPECT_EQ(seen(7), "durability") << "the size is that of before the cut";
  tell(grown);
  EXPECT_EQ(seen(7), "durability");
  EXPECT_EQ(seen(0), "legal");
}

TEST_F(ConcurrentCrashJudgeTest, SizesAreThoseThatSomebodyGave) {
  const uint64_t cut = add(SharedOpKind::truncate, 2 * page_bytes);
  EXPECT_EQ(seen_size(3 * page_bytes), "size");
  begin(cut);
  EXPECT_EQ(seen_size(2 * page_bytes), "legal");
  EXPECT_EQ(seen_size(4 * page_bytes), "legal");
  end(cut);
  EXPECT_EQ(seen_size(4 * page_bytes), "durability");
  EXPECT_EQ(seen_size(2 * page_bytes), "legal");
  const uint64_t more = add(SharedOpKind::preallocate, 2 * page_bytes);
  tell(more);
  EXPECT_EQ(seen_size(3 * page_bytes), "legal");
  EXPECT_EQ(seen_size(2 * page_bytes), "durability");
}

TEST_F(ConcurrentCrashJudgeTest, AWriteInsideAFileGivesItNoSize) {
  begin(write(7));
  EXPECT_EQ(seen_size(8), "size");
}

TEST_F(ConcurrentCrashJudgeTest, SizeNeverCoversWhatWasNotWritten) {
  const uint64_t cut = add(SharedOpKind::truncate, 0), grows = add(SharedOpKind::write, 0, 7, 2);
  tell(cut);
  begin(grows);
  words_[1] = 8;
  image_.inodes().set_size(file_, 16);
  EXPECT_EQ(seen(7), "legal");
  EXPECT_EQ(seen(0), "size");
  words_[1] = 0;
  EXPECT_EQ(seen(7), "size");
}

TEST_F(ConcurrentCrashJudgeTest, AccountsAndFiles) {
  EXPECT_EQ(seen(Recovery{}), "accounting");
  image_.add_file("other", 0);
  EXPECT_EQ(seen(), "isolation");
  image_.inodes().set_size(file_, 0);
  program_.file_pages = 0;
  judge_.reset();
  EXPECT_EQ(seen(), "accounting") << "a block past the end";
}

// Real runs: no crash of a correct strategy is accused, with ADR and eADR.
TEST(ConcurrentCrashes, OfCorrectRunsAreLegal) {
  CrashCounts counts;
  for (uint64_t seed = first_seed(); seed < first_seed() + 12; ++seed) {
    const auto threads = static_cast<uint32_t>(2 + seed % 2);
    const RecordedRun run =
        record_in_turns(random_concurrent_program(seed, threads, Truncates::some),
                        write_variants()[seed % 3], 512 * 1024);
    EXPECT_EQ(find_unrecorded_store(run), std::nullopt);
    for (PersistenceDomain domain : {PersistenceDomain::adr, PersistenceDomain::eadr}) {
      const CrashVerdict verdict = check_crashes(run, {.subsets = 8, .domain = domain});
      ASSERT_FALSE(verdict.finding) << verdict.finding->text;
      counts += verdict.counts;
    }
  }
  EXPECT_GT(counts.distinct_images, 3000u);
  EXPECT_EQ(counts.cut_short, 0u);
}

// And without one of its stores, flushes or fences the core is found out, most often; each finding
// can be had again.
TEST(ConcurrentCrashes, OfWrongRunsAreNot) {
  const RecordedRun run =
      record_in_turns(random_concurrent_program(3, 2, Truncates::some), "partial", 512 * 1024);
  uint64_t noticed = 0;
  const auto sites = persist_sites(run.trace);
  for (const auto& [site, events] : sites) {
    RecordedRun wrong = run;
    wrong.trace = without(run.trace, site);
    const CrashPlan plan{.exhaustive_images = 64};
    const CrashVerdict verdict = check_crashes(wrong, plan);
    if (!verdict.finding) continue;
    ++noticed;
    const auto again = replay_crash(wrong, plan, verdict.finding->moment);
    ASSERT_TRUE(again) << verdict.finding->text;
    EXPECT_EQ(again->text, verdict.finding->text);
    EXPECT_EQ(again->moment, verdict.finding->moment);
  }
  EXPECT_GT(noticed, sites.size() / 2) << "of " << sites.size();
}

}  // namespace
}  // namespace daxlab
