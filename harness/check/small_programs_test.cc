#include "harness/check/small_programs.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "harness/check/program_facts_test.h"

namespace daxlab {
namespace {

TEST(SmallProgram, IsTheSameForOneSeedAndStaysInsideItsViews) {
  std::set<std::string> texts;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    const ConcurrentProgram program = small_program(seed);
    EXPECT_EQ(text_of(program), text_of(small_program(seed)));
    EXPECT_TRUE(stays_inside(program)) << seed << ": " << text_of(program);
    texts.insert(text_of(program));
  }
  EXPECT_GT(texts.size(), 480u);
}

TEST(SmallProgramOfCalls, IsTheSameForOneSeedAndNobodyLooksThroughAView) {
  std::set<std::string> texts;
  uint64_t stores = 0;
  for (uint64_t seed = 1; seed <= 500; ++seed) {
    const ConcurrentProgram program = small_program_of_calls(seed);
    EXPECT_EQ(text_of(program), text_of(small_program_of_calls(seed)));
    texts.insert(text_of(program));
    for (const auto& threads : program.rounds) {
      for (const auto& ops : threads) {
        for (const SharedOp& op : ops) {
          EXPECT_NE(op.kind, SharedOpKind::load) << seed;
          if (op.kind != SharedOpKind::store) continue;
          ++stores;
          EXPECT_TRUE(op.by_new_view && op.may_be_cut) << seed;
          EXPECT_GE(program.views.at(op.view).range.pgoff, program.file_pages) << seed;
        }
      }
    }
  }
  EXPECT_GT(stores, 100u);
  EXPECT_GT(texts.size(), 480u);
}

TEST(SmallProgram, NoTwoOperationsPutTheSameValue) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    std::set<uint64_t> values;
    uint64_t puts = 0;
    const ConcurrentProgram program = small_program(seed);
    for (const auto& threads : program.rounds) {
      for (const auto& ops : threads) {
        for (const SharedOp& op : ops) {
          if (op.kind != SharedOpKind::store && op.kind != SharedOpKind::write) continue;
          for (uint64_t word = 0; word < op.words; ++word, ++puts) values.insert(op.value + word);
        }
      }
    }
    EXPECT_EQ(values.size(), puts) << seed;
  }
}

}  // namespace
}  // namespace daxlab
