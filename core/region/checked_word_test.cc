#include "core/region/checked_word.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

namespace daxlab {
namespace {

// Two values that differ in one byte differ by k * 256^j, 0 < k < 256. Their products with the
// factor then differ by that much times the factor; if neither that nor its negative is less than
// 2^48, the high 16 bits cannot be the same.
constexpr bool every_changed_byte_changes_the_check() {
  for (uint32_t byte = 0; byte < checked_value_bits / 8; ++byte) {
    for (uint64_t k = 1; k < 256; ++k) {
      uint64_t distance = (k << (8 * byte)) * check_factor;
      if (distance <= max_checked_value || ~distance + 1 <= max_checked_value) return false;
    }
  }
  return true;
}
static_assert(every_changed_byte_changes_the_check());
static_assert(seal(0) == 0 && is_intact(0));

TEST(CheckedWord, GivesBackItsValue) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 100'000; ++i) {
    uint64_t value = random() >> (16 + random() % 48);
    ASSERT_EQ(value_of(seal(value)), value);
    ASSERT_TRUE(is_intact(seal(value)));
  }
  EXPECT_EQ(value_of(seal(max_checked_value)), max_checked_value);
}

TEST(CheckedWord, NoticesEveryChangeOfOneByte) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 1000; ++i) {
    uint64_t word = seal(random() >> (16 + random() % 48));
    for (uint32_t byte = 0; byte < 8; ++byte) {
      for (uint64_t flip = 1; flip < 256; ++flip) {
        ASSERT_FALSE(is_intact(word ^ flip << (8 * byte))) << word << " byte " << byte;
      }
    }
  }
}

}  // namespace
}  // namespace daxlab
