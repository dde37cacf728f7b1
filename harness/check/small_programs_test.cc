#include "harness/check/small_programs.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace daxlab {
namespace {

std::string text_of(const ConcurrentProgram& program) {
  std::string text;
  for (const auto& threads : program.rounds) {
    for (const auto& ops : threads) {
      for (const SharedOp& op : ops) text += to_text(op) + "; ";
      text += "| ";
    }
  }
  return text;
}

bool stays_inside(const ConcurrentProgram& program) {
  for (const auto& threads : program.rounds) {
    if (threads.size() != program.threads) return false;
    for (const auto& ops : threads) {
      for (const SharedOp& op : ops) {
        const SharedView& view = program.views.at(op.view);
        const uint64_t pgoff = op.offset_bytes / page_bytes;
        if (op.kind == SharedOpKind::truncate || op.kind == SharedOpKind::sync) continue;
        if (view.file != op.file || pgoff < view.range.pgoff || pgoff >= view.range.end()) {
          return false;
        }
        if (op.words < 1 || op.words > most_words) return false;
      }
    }
  }
  return true;
}

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
