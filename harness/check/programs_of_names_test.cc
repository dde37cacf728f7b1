#include "harness/check/programs_of_names.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/check/program_facts_test.h"

namespace daxlab {
namespace {

TEST(ProgramOfNames, IsTheSameForOneSeed) {
  std::set<std::string> texts;
  uint64_t of_names = 0;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    const ConcurrentProgram program = small_program_of_names(seed);
    EXPECT_EQ(text_of(program), text_of(small_program_of_names(seed)));
    texts.insert(text_of(program));
    if (makes_names(program)) ++of_names;
  }
  EXPECT_GT(texts.size(), 480u);
  EXPECT_GT(of_names, 150u);
  EXPECT_LT(of_names, 350u);
}

TEST(ProgramOfNames, SaysWhatItDoes) {
  EXPECT_EQ(to_text(SharedOp{.kind = SharedOpKind::make, .file = 1, .value = 0x100}),
            "make n1 with 0x100");
  EXPECT_EQ(to_text(SharedOp{.kind = SharedOpKind::visit}), "visit n0");
  EXPECT_EQ(to_text(SharedOp{.kind = SharedOpKind::visit, .value = 0x100}),
            "visit n0 and leave 0x100");
  EXPECT_EQ(to_text(SharedOp{.kind = SharedOpKind::unlink}), "unlink n0");
  EXPECT_EQ(to_text(SharedOp{.kind = SharedOpKind::load, .view = 1, .by_new_view = true}),
            "load f0 page 0 word 0 through a view of its own");
}

}  // namespace
}  // namespace daxlab
