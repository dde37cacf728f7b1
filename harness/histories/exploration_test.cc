#include "harness/histories/exploration.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

namespace daxlab {
namespace {

// As long as it lives, the variable has that value; nullptr: none.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) {
    const char* before = getenv(name);
    if (before != nullptr) before_ = before;
    value == nullptr ? unsetenv(name) : setenv(name, value, 1);
  }
  ~Variable() { before_.empty() ? unsetenv(name_) : setenv(name_, before_.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
  std::string before_;
};

TEST(Exploration, ATotalIsTheSameForAnyNumberOfRows) {
  const Variable no_factor("DAXLAB_EXPLORE", nullptr);
  const uint64_t all = explored_by_each(12'000, 1);
  for (uint64_t rows : {2u, 10u, 60u}) EXPECT_EQ(explored_by_each(12'000, rows), all / rows);
}

TEST(Exploration, EachRowGetsSomething) {
  const Variable no_factor("DAXLAB_EXPLORE", nullptr);
  EXPECT_EQ(explored_by_each(10, 1000), 1u);
}

TEST(Exploration, LongRunsDoMore) {
  uint64_t once = 0;
  {
    const Variable no_factor("DAXLAB_EXPLORE", nullptr);
    once = explored_by_each(12'000, 10);
  }
  for (const auto& [value, times] :
       {std::pair{"5", 5u}, {"0", 1u}, {"many", 1u}, {"4000000000", 1000u}}) {
    const Variable factor("DAXLAB_EXPLORE", value);
    EXPECT_EQ(explored_by_each(12'000, 10), once * times) << value;
  }
}

TEST(Exploration, SeedsBeginWhereTheyAreTold) {
  {
    const Variable seed("DAXLAB_SEED", "7001");
    EXPECT_EQ(first_seed(), 7001u);
  }
  const Variable none("DAXLAB_SEED", nullptr);
  EXPECT_EQ(first_seed(), 1u);
}

}  // namespace
}  // namespace daxlab
