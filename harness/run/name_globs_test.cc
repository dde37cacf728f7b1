#include "harness/run/name_globs.h"

#include <fnmatch.h>
#include <gtest/gtest.h>

namespace daxlab {
namespace {

TEST(NameGlobs, WithoutAnyAllAreWanted) { EXPECT_TRUE(NameGlobs({}).want("write/mmu")); }

TEST(NameGlobs, OneOfSeveralIsEnoughAndAnyOfTheOthersTakesAway) {
  const NameGlobs globs({"write*", "read*", "!*/simulator", "!*atomic*"});
  EXPECT_TRUE(globs.want("write/mmu"));
  EXPECT_TRUE(globs.want("read/mmu"));
  EXPECT_FALSE(globs.want("mkwrite/mmu"));
  EXPECT_FALSE(globs.want("write/simulator"));
  EXPECT_FALSE(globs.want("read/mmu/atomic"));
}

TEST(NameGlobs, WhereAllTakeAwayTheRestIsWanted) {
  const NameGlobs globs({"!write*"});
  EXPECT_TRUE(globs.want("read/mmu"));
  EXPECT_FALSE(globs.want("write/mmu"));
}

TEST(NameGlobs, AStarCrossesSlashes) { EXPECT_TRUE(NameGlobs({"a*c"}).want("a/b/c")); }

TEST(NameGlobs, TellsWhichMatchesNothing) {
  const std::vector<std::string> names = {"write/mmu", "read/mmu"};
  EXPECT_EQ(NameGlobs({"write*", "!read*"}).without_match(names), nullptr);
  const NameGlobs idle({"write*", "!mkwrite*"});
  ASSERT_NE(idle.without_match(names), nullptr);
  EXPECT_EQ(*idle.without_match(names), "!mkwrite*");
}

TEST(NameGlobs, TheGlobOfANameMatchesThatNameOnly) {
  const std::string names[] = {"a*b", "a?b", "a[b]", "a\\b", "ab", "a/b:c=1,d/threads:2", "axb"};
  for (const std::string& name : names) {
    for (const std::string& other : names) {
      EXPECT_EQ(fnmatch(glob_of(name).c_str(), other.c_str(), 0) == 0, name == other)
          << glob_of(name) << " and " << other;
    }
  }
}

}  // namespace
}  // namespace daxlab
