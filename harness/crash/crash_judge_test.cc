// Every promise can be broken, and the judge says which: on regions made by hand.
#include "harness/crash/crash_judge.h"

#include <gtest/gtest.h>

#include <cstring>
#include <span>

#include "core/recovery/damaged_image.h"
#include "harness/crash/check_crashes.h"

namespace daxlab {
namespace {

// What the judge has been told is one thing, what lies in the region is another.
class CrashJudgeTest : public testing::Test {
 protected:
  static constexpr uint64_t first = 0xa, second = 0xb;  // values of writes

  CrashJudgeTest() { tell({.kind = OpKind::create}); }

  void begin(const Op& op) { judge_.op_begins(op); }
  void tell(const Op& op) {
    judge_.op_begins(op);
    judge_.op_ends();
  }
  static Op write(uint64_t offset_bytes, uint64_t length_bytes, uint64_t value) {
    return {.kind = OpKind::write,
            .offset_bytes = offset_bytes,
            .length_bytes = length_bytes,
            .value = value};
  }
  static Op truncate(uint64_t size_bytes) {
    return {.kind = OpKind::truncate, .offset_bytes = size_bytes};
  }
  static uint64_t written_word(uint64_t value, uint64_t offset_bytes = 0) {
    uint64_t word = 0;
    std::memcpy(&word, &written_bytes(value, offset_bytes + 8)[offset_bytes], sizeof word);
    return word;
  }

  uint32_t make_file(std::string_view name, uint64_t size_bytes) {
    return image_.add_file(name, size_bytes);
  }
  // Zeros at first.
  uint64_t* add_page(uint32_t file, uint64_t pgoff) {
    uint64_t* words = image_.region().words_of(image_.add_page(file, pgoff));
    std::memset(words, 0, page_bytes);
    return words;
  }
  // f0 with one page and the words given.
  uint64_t* make_f0(uint64_t size_bytes, std::initializer_list<uint64_t> words) {
    uint64_t* page = add_page(make_file("f0", size_bytes), 0);
    std::copy(words.begin(), words.end(), page);
    return page;
  }
  // As if recovery had found what is there.
  std::string broken_promise() {
    const Recovery recovery{.used = check_region(image_.region(), [](const Problem&) {}).used};
    return broken_promise(recovery);
  }
  std::string broken_promise(const Recovery& recovery) {
    const auto finding = judge_.judge(image_.region(), recovery);
    if (!finding) return "none";
    EXPECT_FALSE(finding->text.empty());
    return name_of(finding->promise);
  }

  ImageBuilder image_{64};
  CrashJudge judge_{false};
};

TEST_F(CrashJudgeTest, NoneWhenAllIsThere) {
  tell(write(0, 16, first));
  make_f0(16, {written_word(first), written_word(first, 8)});
  EXPECT_EQ(broken_promise(), "none");
}

TEST_F(CrashJudgeTest, AccountingOfBlocksInUse) {
  tell(write(0, 8, first));
  make_f0(8, {written_word(first)});
  EXPECT_EQ(broken_promise({}), "accounting");
  Recovery more{.used = check_region(image_.region(), [](const Problem&) {}).used};
  ++more.used.back().blocks;
  EXPECT_EQ(broken_promise(more), "accounting");
}

TEST_F(CrashJudgeTest, AccountingOfABlockInTwoFiles) {
  tell({.kind = OpKind::create, .file = 1});
  tell(truncate(page_bytes));
  tell({.kind = OpKind::truncate, .file = 1, .offset_bytes = page_bytes});
  make_f0(page_bytes, {});
  const uint32_t other = make_file("f1", page_bytes);
  add_page(other, 0);
  EXPECT_EQ(broken_promise(), "none");
  image_.entry(other, 0) = image_.entry(0, 0);
  EXPECT_EQ(broken_promise(), "accounting");
  const auto finding = judge_.judge(image_.region(), {});
  EXPECT_TRUE(finding && finding->text.starts_with("a block is in two files"));
}

TEST_F(CrashJudgeTest, AccountingOfABlockPastTheEnd) {
  make_f0(0, {});
  EXPECT_EQ(broken_promise(), "accounting");
}

TEST_F(CrashJudgeTest, IsolationOfABlockFromWhatItHeldBefore) {
  tell(write(0, 8, first));
  uint64_t* words = make_f0(8, {written_word(first)});
  words[1] = 0xdead;
  EXPECT_EQ(broken_promise(), "none") << "past the end nobody looks";
  words[0] = 0xdead;
  EXPECT_EQ(broken_promise(), "isolation");
}

TEST_F(CrashJudgeTest, IsolationOfFilesThatNobodyMade) {
  make_file("f0", 0);
  make_file("other", 0);
  EXPECT_EQ(broken_promise(), "isolation");
}

TEST_F(CrashJudgeTest, DurabilityOfAWrite) {
  tell(write(0, 8, first));
  tell(write(0, 8, second));
  uint64_t* words = make_f0(8, {written_word(first)});
  EXPECT_EQ(broken_promise(), "durability") << "what was overwritten came back";
  words[0] = 0;
  EXPECT_EQ(broken_promise(), "durability");
  words[0] = written_word(second);
  EXPECT_EQ(broken_promise(), "none");
}

TEST_F(CrashJudgeTest, DurabilityOfASize) {
  tell(truncate(100));
  tell(truncate(50));
  make_file("f0", 100);
  EXPECT_EQ(broken_promise(), "durability");
}

TEST_F(CrashJudgeTest, DurabilityOfNames) {
  EXPECT_EQ(broken_promise(), "durability") << "f0 was made";
  make_file("f0", 0);
  EXPECT_EQ(broken_promise(), "none");
  begin({.kind = OpKind::unlink});
  EXPECT_EQ(broken_promise(), "none") << "while it is on its way";
  judge_.op_ends();
  EXPECT_EQ(broken_promise(), "durability") << "it was unlinked";
}

TEST_F(CrashJudgeTest, DurabilityOfStoresBySync) {
  tell(truncate(page_bytes));
  tell({.kind = OpKind::map, .length_bytes = page_bytes});
  tell({.kind = OpKind::store, .value = 5});
  tell({.kind = OpKind::store, .value = 6});
  uint64_t* words = make_f0(page_bytes, {0});
  for (uint64_t value : {0u, 5u, 6u}) {
    words[0] = value;
    EXPECT_EQ(broken_promise(), "none") << value;
  }
  words[0] = 7;
  EXPECT_EQ(broken_promise(), "isolation");
  begin({.kind = OpKind::sync});
  words[0] = 5;
  EXPECT_EQ(broken_promise(), "none");
  judge_.op_ends();
  EXPECT_EQ(broken_promise(), "durability");
  words[0] = 6;
  EXPECT_EQ(broken_promise(), "none");
}

TEST_F(CrashJudgeTest, DurabilityOfBytesThatACutInFlightHasNotReached) {
  tell(write(0, 8, first));
  begin(truncate(0));
  make_f0(8, {0});
  EXPECT_EQ(broken_promise(), "durability") << "holes before the size";
}

TEST_F(CrashJudgeTest, AWriteInFlightMayBeThereInWords) {
  tell(write(0, 16, first));
  begin(write(0, 16, second));
  uint64_t* words = make_f0(16, {written_word(second), written_word(first, 8)});
  EXPECT_EQ(broken_promise(), "none");
  words[1] = written_word(first, 8) ^ written_word(second, 8);
  EXPECT_EQ(broken_promise(), "isolation") << "a word is old or new";
}

TEST_F(CrashJudgeTest, AtomicityOfAWriteInFlight) {
  judge_ = CrashJudge(true);
  tell({.kind = OpKind::create});
  tell(write(0, 16, first));
  begin(write(0, 24, second));
  uint64_t* words = make_f0(16, {written_word(first), written_word(first, 8)});
  EXPECT_EQ(broken_promise(), "none") << "nothing of it";
  words[0] = written_word(second);
  EXPECT_EQ(broken_promise(), "atomicity");
  words[1] = written_word(second, 8);
  EXPECT_EQ(broken_promise(), "atomicity") << "all but the size";
  words[2] = written_word(second, 16);
  image_.inodes().set_size(0, 24);
  EXPECT_EQ(broken_promise(), "none") << "all of it";
  words[0] = written_word(first);
  EXPECT_EQ(broken_promise(), "atomicity");
}

TEST_F(CrashJudgeTest, SizeNeverCoversWhatWasNotWritten) {
  tell(write(0, 8, first));
  begin(write(8, 8, second));
  uint64_t* words = make_f0(16, {written_word(first), 0});
  EXPECT_EQ(broken_promise(), "size");
  words[1] = written_word(second);
  EXPECT_EQ(broken_promise(), "none");
  image_.inodes().set_size(0, 12);
  EXPECT_EQ(broken_promise(), "none") << "a write may be published piece by piece";
  words[1] = 0;
  EXPECT_EQ(broken_promise(), "size") << "but each piece before the end that covers it";
  words[1] = written_word(second);
  image_.inodes().set_size(0, 20);
  EXPECT_EQ(broken_promise(), "size") << "nobody asked for that much";
}

TEST_F(CrashJudgeTest, OpeningOfEveryImage) {
  image_.region().log().commit = 77;
  const std::span<const std::byte> bytes = image_.region().medium().bytes();
  RecordedHistory nothing;
  nothing.before.assign(bytes.begin(), bytes.end());
  const CrashVerdict verdict = check_crashes(nothing, CrashPlan{});
  ASSERT_TRUE(verdict.finding.has_value());
  EXPECT_EQ(verdict.finding->promise, Promise::opening);
}

}  // namespace
}  // namespace daxlab
