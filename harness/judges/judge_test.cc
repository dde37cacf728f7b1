#include "harness/judges/judge.h"

#include <gtest/gtest.h>

#include <set>

#include "harness/judges/durability.h"

namespace daxlab {
namespace {

TEST(JudgeNames, AreReadAsTheyAreWritten) {
  std::set<std::string> names;
  for (uint32_t i = 0; i < static_cast<uint32_t>(JudgeName::count); ++i) {
    const auto judge = static_cast<JudgeName>(i);
    const auto read = judge_named(name_of(judge));
    ASSERT_TRUE(read.ok()) << name_of(judge);
    EXPECT_EQ(read.value(), judge);
    EXPECT_TRUE(names.insert(name_of(judge)).second);
    EXPECT_GT(std::string(promise_of(judge)).size(), 20u);
    EXPECT_NE(std::string(promise_of(judge)).back(), '.');
  }
}

TEST(JudgeNames, TheNearestIsNamed) {
  EXPECT_EQ(judge_named("coherance").error().message,
            "no judge is called 'coherance'; did you mean 'coherence'?");
  EXPECT_EQ(judge_named("zero_page_cache").error().message,
            "no judge is called 'zero_page_cache'; did you mean 'zero-page-cache'?");
  const std::string all = judge_named("").error().message;
  EXPECT_TRUE(all.starts_with("no judge is called ''; there are coherence, isolation, ")) << all;
  EXPECT_FALSE(judge_named(std::string(100'000, 'x')).ok());
}

TEST(JudgeSet, NoneIsAll) {
  EXPECT_TRUE(has({}, JudgeName::parity));
  EXPECT_TRUE(has({JudgeName::parity}, JudgeName::parity));
  EXPECT_FALSE(has({JudgeName::parity}, JudgeName::enospc));
}

TEST(Durability, EveryPromiseAfterACrashHasItsJudge) {
  const auto judge = [](Promise promise) {
    return verdict_of(CrashFinding{promise, "offset 8: seen 0x1, legal 0x2"}).judge;
  };
  EXPECT_EQ(judge(Promise::accounting), JudgeName::accounting);
  EXPECT_EQ(judge(Promise::isolation), JudgeName::isolation);
  for (const Promise promise :
       {Promise::opening, Promise::durability, Promise::atomicity, Promise::size}) {
    EXPECT_EQ(judge(promise), JudgeName::durability);
  }
  EXPECT_EQ(to_text(verdict_of(CrashFinding{Promise::size, "size 8, legal 0"})),
            "durability: expected sizes that cover written bytes only, seen size 8, legal 0 (after "
            "a crash)");
}

}  // namespace
}  // namespace daxlab
