#include "harness/check/meetings.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/check/small_programs.h"

namespace daxlab {
namespace {

std::string text_of(const ConcurrentProgram& program) {
  std::string text;
  for (const auto& round : program.rounds) {
    for (const auto& thread : round) {
      for (const SharedOp& op : thread) text += to_text(op) + "\n";
      text += "-\n";
    }
  }
  return text;
}

TEST(Meetings, AreTheSameForTheSameSeed) {
  for (uint64_t seed = 1; seed <= 50; ++seed) {
    EXPECT_EQ(text_of(program_of_a_meeting(seed)), text_of(program_of_a_meeting(seed)));
  }
}

TEST(Meetings, ComeAllOfThemAndWithValuesThatTellWhoWroteThem) {
  std::set<std::string> different;
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    const ConcurrentProgram program = program_of_a_meeting(seed);
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
  EXPECT_GT(different.size(), 2 * meetings().size());
}

}  // namespace
}  // namespace daxlab
