// Mappings whose addresses are not congruent to offsets in the file, with every fault strategy.
#include <gtest/gtest.h>

#include "harness/strategies/each_strategy.h"

namespace daxlab {
namespace {

class Addresses : public EachStrategy {};

// Holes, blocks that come in, what write() and punches do, beside a mapping that is congruent.
TEST_P(Addresses, MayBeAnywhere) {
  constexpr uint64_t first = 3, pages = 1200;  // more than 2 MiB, and across two borders of them
  ASSERT_TRUE(file->truncate((first + pages) * page_bytes).ok());
  const auto usual = map({0, first + pages});
  for (uint64_t alignment = page_bytes; alignment <= 512 * page_bytes; alignment *= 8) {
    SCOPED_TRACE(alignment);
    const auto view = file->map_aligned({first, pages}, alignment).take();
    EXPECT_EQ(reinterpret_cast<uint64_t>(view->raw()) % (512 * page_bytes),
              alignment % (512 * page_bytes));
    for (uint64_t page = 0; page < pages; ++page) ASSERT_EQ(view->load(page * page_bytes), 0u);
    for (uint64_t page = 0; page < pages; page += 2) {
      view->store(page * page_bytes, alignment + page);
      ASSERT_EQ(usual->load((first + page) * page_bytes), alignment + page);
    }
    for (uint64_t page = 1; page < pages; page += 4) {
      write_word((first + page) * page_bytes, alignment + page);
      ASSERT_EQ(view->load(page * page_bytes), alignment + page);
    }
    ASSERT_TRUE(file->punch({first * page_bytes, pages * page_bytes}).ok());
    for (uint64_t page = 0; page < pages; ++page) {
      ASSERT_EQ(view->load(page * page_bytes), 0u) << page;
    }
  }
}

TEST_P(Addresses, OfNoPagesAreRefused) {
  EXPECT_EQ(file->map_aligned({0, 0}, page_bytes).code(), ErrorCode::invalid_argument);
}

INSTANTIATE_TEST_SUITE_P(Strategies, Addresses, testing::ValuesIn(fault_variants()), test_name);

}  // namespace
}  // namespace daxlab
