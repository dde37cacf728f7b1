// What a crash may leave behind the end of a file is not seen when the file grows.
#include "harness/crash/life_after_recovery.h"

#include <gtest/gtest.h>

#include "core/recovery/damaged_image.h"

namespace daxlab {
namespace {

class LifeAfterRecovery : public testing::Test {
 protected:
  static constexpr uint64_t ways = 5;

  // In any way to grow: the first promise that is broken.
  std::optional<CrashFinding> live(uint64_t way) {
    const auto used = check_region(image_.region(), [](const Problem&) {}).used;
    return live_on(image_.region(), used, way);
  }

  ImageBuilder image_{64};
};

// add_page fills the whole block: behind the end lies what a torn write may have left.
TEST_F(LifeAfterRecovery, GrowsOverWhatATornWriteLeft) {
  image_.add_page(image_.add_file("f0", 100), 0);
  image_.add_page(image_.add_file("f1", page_bytes + 4095), 1);
  image_.add_file("f2", 0);
  image_.add_file("f3", page_bytes);
  for (uint64_t way = 0; way < ways; ++way) {
    SCOPED_TRACE(way);
    const auto finding = live(way);
    EXPECT_FALSE(finding) << finding->text;
  }
}

// A page that the map has behind the end, which recovery would have taken away.
TEST_F(LifeAfterRecovery, SeesABlockThatRecoveryLeftBehindTheEnd) {
  const uint32_t file = image_.add_file("f0", 100);
  image_.add_page(file, 0);
  image_.add_page(file, 1);
  uint64_t seen = 0;
  for (uint64_t way : {0u, 3u}) {
    const auto finding = live(way);
    image_.inodes().set_size(file, 100);
    if (!finding) continue;
    EXPECT_EQ(finding->promise, Promise::isolation) << finding->text;
    ++seen;
  }
  EXPECT_GT(seen, 0u);
}

// Blocks that are in use are given to a new file if recovery does not know of them.
TEST_F(LifeAfterRecovery, SeesABlockThatRecoveryForgot) {
  image_.add_page(image_.add_file("f0", page_bytes), 0);
  const auto finding = live_on(image_.region(), {}, 1);
  ASSERT_TRUE(finding);
  EXPECT_FALSE(finding->text.empty());
}

}  // namespace
}  // namespace daxlab
