#include "harness/workloads/run_clock.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

using Phase = RunClock::Phase;

TEST(RunClock, WithoutATimeLeavesTheAmountOfWorkToTheWorkload) {
  for (RunClock clock : {RunClock(), RunClock(0, 0), RunClock(0, 5)}) {
    clock.begin(1000);
    EXPECT_FALSE(clock.keeps_time());
    EXPECT_FALSE(clock.has_ramp());
    EXPECT_EQ(clock.phase(1000), Phase::own_work);
    EXPECT_EQ(clock.phase(UINT64_MAX), Phase::own_work);
  }
}

TEST(RunClock, WithoutARampCountsFromTheBeginning) {
  RunClock clock(100, 0);
  EXPECT_TRUE(clock.keeps_time());
  EXPECT_FALSE(clock.has_ramp());
  clock.begin(1000);
  EXPECT_EQ(clock.phase(1000), Phase::counted);
  EXPECT_EQ(clock.phase(1099), Phase::counted);
  EXPECT_EQ(clock.phase(1100), Phase::over);
}

TEST(RunClock, CountsWhatIsLeftAfterTheRampHoweverLongOthersTook) {
  RunClock clock(100, 30);
  EXPECT_TRUE(clock.has_ramp());
  clock.begin(1000);
  EXPECT_EQ(clock.phase(1029), Phase::ramp);
  EXPECT_EQ(clock.phase(1030), Phase::ramp_over);
  EXPECT_EQ(clock.phase(1500), Phase::ramp_over);
  clock.count_from(2000);
  EXPECT_EQ(clock.phase(2000), Phase::counted);
  EXPECT_EQ(clock.phase(2069), Phase::counted);
  EXPECT_EQ(clock.phase(2070), Phase::over);
}

}  // namespace
}  // namespace daxlab
