#include "harness/check/known_races.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/check/program_facts_test.h"

namespace daxlab {
namespace {

TEST(KnownRaces, AreTheSameForTheSameSeed) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_EQ(text_of(program_of_a_known_race(seed)), text_of(program_of_a_known_race(seed)));
  }
}

TEST(KnownRaces, ComeAllOfThemAndWithValuesThatTellWhoWroteThem) {
  std::set<std::string> different;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const ConcurrentProgram program = program_of_a_known_race(seed);
    std::set<uint64_t> values;
    uint64_t ops = 0;
    for (const auto& round : program.rounds) {
      EXPECT_EQ(round.size(), program.threads);
      for (const auto& thread : round) {
        ops += thread.size();
        for (const SharedOp& op : thread) {
          values.insert(op.value);
          EXPECT_LT(op.file, program.files);
          ASSERT_LT(op.view, program.views.size());
          EXPECT_EQ(program.views[op.view].file, op.file);
        }
      }
    }
    EXPECT_EQ(values.size(), ops);
    EXPECT_FALSE(values.contains(0));
    different.insert(text_of(program));
  }
  EXPECT_GT(different.size(), 2 * known_races().size());
}

}  // namespace
}  // namespace daxlab
