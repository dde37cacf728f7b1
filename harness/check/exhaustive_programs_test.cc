#include "harness/check/exhaustive_programs.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/check/program_facts_test.h"

namespace daxlab {
namespace {

// Of 12 operations 5 change nothing. Two operations: 78 pairs in no order, less 15 of those five.
// Three: 144 sequences beside 12, less 25 beside 5.
TEST(ExhaustivePrograms, AreAllThereAreOnAFreshHoleAndOnOneThatIsShown) {
  ASSERT_EQ(alphabet().size(), 12u);
  const ExhaustivePrograms two(2), three(3);
  EXPECT_EQ(two.size(), 2u * (78 - 15));
  EXPECT_EQ(three.size(), 2u * (78 - 15 + 144 * 12 - 25 * 5));
  std::set<std::string> texts;
  for (uint64_t number = 0; number < three.size(); ++number) {
    const ConcurrentProgram program = three.program(number);
    EXPECT_TRUE(stays_inside(program)) << number;
    texts.insert(text_of(program));
  }
  EXPECT_EQ(texts.size(), three.size());
}

}  // namespace
}  // namespace daxlab
