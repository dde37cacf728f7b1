// The images of traces made by hand: exactly those that the processor's rules allow.
#include "harness/crash/crash_image.h"

#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <vector>

namespace daxlab {
namespace {

constexpr uint64_t words_per_line = cache_line_bytes / sizeof(uint64_t);

// Four lines of memory, to which a trace is recorded by storing to them.
class CrashImagesTest : public testing::Test {
 protected:
  using Words = std::vector<uint64_t>;

  CrashImagesTest() : memory_(std::vector<std::byte>(4 * cache_line_bytes)) { begin(); }

  void begin(StoresSeen seen = StoresSeen::all) {
    before_.assign(memory_.bytes().begin(), memory_.bytes().end());
    recorder_ = PersistRecorder(seen);
    recorder_.start(memory_.bytes());
  }
  uint64_t* word(uint64_t number) {
    return reinterpret_cast<uint64_t*>(memory_.bytes().data()) + number;
  }
  void store(uint64_t number, uint64_t value) {
    *word(number) = value;
    recorder_.word_stored(word(number), SourceLocation::current());
  }
  void flush(uint64_t number) {
    recorder_.flushed(reinterpret_cast<std::byte*>(word(number)), 8, SourceLocation::current());
  }
  void fence() { recorder_.fenced(SourceLocation::current()); }

  // The first `words` words of every image that a crash after all this can leave.
  std::set<Words> images(uint64_t words) {
    const PersistTrace trace = recorder_.stop();
    CrashImages images(before_);
    for (const PersistEvent& event : trace.events) images.apply(trace, event);
    open_lines_ = images.open_lines();
    std::set<Words> seen;
    images.drop_open_lines();
    for (uint64_t seed = 0; seed < 2000; ++seed) {
      Words image(words);
      std::memcpy(image.data(), images.image().data(), words * sizeof(uint64_t));
      if (seed == 0) dropped_ = image;
      seen.insert(image);
      images.choose(seed);
    }
    return seen;
  }

  LineMemory memory_;
  std::vector<std::byte> before_;
  PersistRecorder recorder_;
  Words dropped_;  // of the last images()
  uint64_t open_lines_ = 0;
};

TEST_F(CrashImagesTest, AStoreMayBeLostOrKept) {
  store(0, 1);
  EXPECT_EQ(images(1), (std::set<Words>{{0}, {1}}));
  EXPECT_EQ(dropped_, Words{0});
}

TEST_F(CrashImagesTest, AFlushWithoutAFencePromisesNothing) {
  store(0, 1);
  flush(0);
  EXPECT_EQ(images(1), (std::set<Words>{{0}, {1}}));
  EXPECT_EQ(dropped_, Words{0});
}

TEST_F(CrashImagesTest, AFenceWithoutAFlushPromisesNothing) {
  store(0, 1);
  fence();
  EXPECT_EQ(images(1), (std::set<Words>{{0}, {1}}));
}

TEST_F(CrashImagesTest, WhatWasFlushedAndFencedIsThere) {
  store(0, 1);
  flush(0);
  fence();
  EXPECT_EQ(images(1), (std::set<Words>{{1}}));
  EXPECT_EQ(open_lines_, 0u);
}

TEST_F(CrashImagesTest, AFlushCoversWhatItsLineHeldThen) {
  store(0, 1);
  flush(0);
  store(0, 2);
  fence();
  EXPECT_EQ(images(1), (std::set<Words>{{1}, {2}}));
  EXPECT_EQ(dropped_, Words{1});
}

TEST_F(CrashImagesTest, AWordMayBeAsItEverWasSinceItWasCertain) {
  store(0, 1);
  store(0, 2);
  EXPECT_EQ(images(1), (std::set<Words>{{0}, {1}, {2}}));
}

TEST_F(CrashImagesTest, WordsOfALineComeInAnyOrder) {
  store(0, 1);
  store(1, 2);
  EXPECT_EQ(images(2), (std::set<Words>{{0, 0}, {1, 0}, {0, 2}, {1, 2}}));
}

TEST_F(CrashImagesTest, AWordIsNeverTorn) {
  store(0, 0x1111111122222222);
  for (const Words& image : images(1)) EXPECT_TRUE(image[0] == 0 || image[0] == 0x1111111122222222);
}

TEST_F(CrashImagesTest, LinesAreIndependent) {
  store(0, 1);
  store(words_per_line, 2);
  flush(words_per_line);
  fence();
  Words both(words_per_line + 1);
  both[words_per_line] = 2;
  Words second = both;
  both[0] = 1;
  EXPECT_EQ(images(words_per_line + 1), (std::set<Words>{second, both}));
}

TEST_F(CrashImagesTest, BytesAcrossLinesAreStoredInBoth) {
  const uint64_t start = words_per_line - 1;
  *word(start) = 1;
  *word(start + 1) = 2;
  recorder_.bytes_stored(reinterpret_cast<std::byte*>(word(start)), 16, SourceLocation::current());
  flush(start + 1);
  fence();
  std::set<Words> seen = images(start + 2);
  EXPECT_EQ(seen.size(), 2u);
  for (const Words& image : seen) EXPECT_EQ(image[start + 1], 2u);
}

// The processor's own stores through a mapping are not recorded one by one.
TEST_F(CrashImagesTest, AFlushBringsStoresThatNobodyRecorded) {
  begin(StoresSeen::of_the_core);
  *word(3) = 7;
  flush(3);
  EXPECT_EQ(images(4), (std::set<Words>{{0, 0, 0, 0}, {0, 0, 0, 7}}));
  begin(StoresSeen::of_the_core);
  *word(3) = 8;
  flush(3);
  fence();
  EXPECT_EQ(images(4), (std::set<Words>{{0, 0, 0, 8}}));
}

TEST_F(CrashImagesTest, AFlushTellsOfStoresThatShouldHaveBeenRecorded) {
  store(0, 1);
  flush(0);
  *word(1) = 2;
  flush(0);
  const PersistTrace trace = recorder_.stop();
  CrashImages images(before_);
  images.apply(trace, trace.events[0]);
  EXPECT_TRUE(images.explains(trace, trace.events[1]));
  EXPECT_FALSE(images.explains(trace, trace.events[2]));
}

TEST_F(CrashImagesTest, WhatRecoveryStoredIsUndone) {
  store(0, 1);
  const PersistTrace trace = recorder_.stop();
  CrashImages images(before_);
  for (const PersistEvent& event : trace.events) images.apply(trace, event);
  images.drop_open_lines();
  const uint64_t print = images.fingerprint();

  PersistRecorder recovery;
  recovery.start(images.image());
  auto* stored = reinterpret_cast<uint64_t*>(images.image().data()) + 2;
  *stored = 5;
  recovery.word_stored(stored, SourceLocation::current());
  images.undo(recovery.stop());
  EXPECT_TRUE(images.is_restored());
  EXPECT_EQ(images.fingerprint(), print);

  *stored = 5;
  EXPECT_FALSE(images.is_restored()) << "a store that was not told";
}

TEST_F(CrashImagesTest, FingerprintsTellImagesApart) {
  store(0, 1);
  const PersistTrace trace = recorder_.stop();
  CrashImages images(before_);
  for (const PersistEvent& event : trace.events) images.apply(trace, event);
  std::set<std::pair<uint64_t, std::byte>> seen;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    images.choose(seed);
    seen.insert({images.fingerprint(), images.image()[0]});
  }
  EXPECT_EQ(seen.size(), 2u);
}

}  // namespace
}  // namespace daxlab
