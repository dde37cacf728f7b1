#include "harness/run/cpu_choice.h"

#include <gtest/gtest.h>

#include <thread>

namespace daxlab {
namespace {

TEST(CpuChoice, RunsOfNumbersAreShort) {
  EXPECT_EQ(format_cpus({}), "");
  EXPECT_EQ(format_cpus({3}), "3");
  EXPECT_EQ(format_cpus({2, 0, 1, 5, 1}), "0-2,5");
  EXPECT_EQ(format_cpus({0, 1, 8191}), "0-1,8191");
}

TEST(CpuChoice, AThreadAndWhatItStartsStayOnTheirCpus) {
  const auto all = usable_cpus();
  ASSERT_TRUE(all.ok());
  ASSERT_FALSE(all.value().empty());
  const uint32_t last = all.value().back();
  std::vector<uint32_t> seen, seen_below;
  std::thread([&] {
    EXPECT_FALSE(run_on_cpus({last}).has_value());
    seen = usable_cpus().take();
    std::thread([&] { seen_below = usable_cpus().take(); }).join();
  }).join();
  EXPECT_EQ(seen, std::vector<uint32_t>{last});
  EXPECT_EQ(seen_below, std::vector<uint32_t>{last});
  EXPECT_EQ(usable_cpus().take(), all.value());
}

TEST(CpuChoice, ACpuThatIsNotThereIsNamed) {
  const auto error = run_on_cpus({8191});
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->message, "running on CPUs 8191: Invalid argument");
}

}  // namespace
}  // namespace daxlab
