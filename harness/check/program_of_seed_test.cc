#include "harness/check/program_of_seed.h"

#include <gtest/gtest.h>

#include <set>

namespace daxlab {
namespace {

std::set<SharedOpKind> kinds_of(const ConcurrentProgram& program) {
  std::set<SharedOpKind> kinds;
  for (const auto& round : program.rounds) {
    for (const auto& thread : round) {
      for (const SharedOp& op : thread) kinds.insert(op.kind);
    }
  }
  return kinds;
}

TEST(ProgramOfSeed, OfFewSeedsEveryOperationIsInSome) {
  std::set<SharedOpKind> kinds;
  for (uint64_t seed = 1; seed <= 100; ++seed) kinds.merge(kinds_of(program_of_seed(seed)));
  for (uint32_t kind = 0; kind <= static_cast<uint32_t>(SharedOpKind::unlink); ++kind) {
    const auto each = static_cast<SharedOpKind>(kind);
    EXPECT_TRUE(kinds.contains(each)) << name_of(each);
  }
}

TEST(ProgramOfSeed, OfTwentySeedsInARowSomeAreOfNamesAndSomeOfCallsOnly) {
  for (uint64_t first = 1; first <= 100; first += 20) {
    uint64_t of_names = 0, of_calls = 0;
    for (uint64_t seed = first; seed < first + 20; ++seed) {
      const ConcurrentProgram program = program_of_seed(seed);
      of_names += kinds_of(program).contains(SharedOpKind::make) ? 1 : 0;
      const bool shows_nothing =
          !program.views.empty() && program.views.front().range.pgoff >= program.file_pages;
      of_calls += shows_nothing ? 1 : 0;
    }
    EXPECT_GT(of_names, 0u) << first;
    EXPECT_GT(of_calls, 0u) << first;
  }
}

}  // namespace
}  // namespace daxlab
