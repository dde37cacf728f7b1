#include "core/base/part_clock.h"

#include <gtest/gtest.h>

namespace daxlab {
namespace {

// Until the clock has moved on by more than reading it takes.
void spend_time() {
  const uint64_t start_ns = now_ns();
  while (now_ns() - start_ns < 10 * clock_cost_ns() + 1000) {
  }
}

class OfThread {
 public:
  explicit OfThread(PartClock* clock) : before_(PartClock::set_of_thread(clock)) {}
  ~OfThread() { PartClock::set_of_thread(before_); }

 private:
  PartClock* const before_;
};

TEST(PartClock, PartsExcludeEachOtherAndAddUp) {
  PartClock clock;
  {
    const OfThread timed(&clock);
    const InPart in_reserve(TimePart::reserve);
    spend_time();
    {
      const InPart in_allocator(TimePart::allocator);
      spend_time();
    }
    const InPart in_copy(TimePart::copy);
    spend_time();
  }
  clock.enter(TimePart::rest);
  uint64_t sum_ns = 0;
  for (size_t part = 0; part < part_count; ++part) sum_ns += clock.ns(static_cast<TimePart>(part));
  EXPECT_EQ(sum_ns, clock.total_ns());
  for (const TimePart part : {TimePart::reserve, TimePart::allocator, TimePart::copy}) {
    EXPECT_GT(clock.ns(part), 0u);
    EXPECT_LT(clock.ns(part), clock.total_ns());
  }
  EXPECT_EQ(clock.ns(TimePart::fence), 0u);
}

TEST(PartClock, WhoIsInNoTimedCallTimesNothing) {
  PartClock clock;
  {
    const OfThread timed(&clock);
    const OfThread inner_call_is_not_timed(nullptr);
    const InPart in_copy(TimePart::copy);
    EXPECT_EQ(PartClock::of_thread(), nullptr);
    spend_time();
  }
  EXPECT_EQ(clock.ns(TimePart::copy), 0u);
  EXPECT_EQ(PartClock::of_thread(), nullptr);
}

double sum_of_shares(const PartTimes& times, TimedCallKind kind) {
  double sum = 0;
  for (size_t part = 0; part < part_count; ++part) {
    sum += times.share(kind, static_cast<TimePart>(part));
  }
  return sum;
}

TEST(PartTimes, SharesOfTheWholeAddUpToIt) {
  PartTimes times;
  EXPECT_EQ(sum_of_shares(times, TimedCallKind::write), 0);
  for (uint64_t stands_for = 1; stands_for <= 10; ++stands_for) {
    PartClock clock;
    const OfThread timed(&clock);
    const InPart in_copy(TimePart::copy);
    spend_time();
    const InPart in_fence(TimePart::fence);
    spend_time();
    clock.enter(TimePart::rest);
    times.add(TimedCallKind::write, clock, stands_for);
    EXPECT_NEAR(sum_of_shares(times, TimedCallKind::write), 1, 1e-9);
  }
  EXPECT_EQ(times.with_parts(TimedCallKind::write), 10u);
  EXPECT_EQ(times.with_parts(TimedCallKind::read), 0u);
  EXPECT_GT(times.share(TimedCallKind::write, TimePart::copy), 0);
  times.reset();
  EXPECT_EQ(times.with_parts(TimedCallKind::write), 0u);
  EXPECT_EQ(times.mean_ns(TimedCallKind::write), 0);
}

TEST(PartTimes, MeansAreOfTheCallsThatTheTimedOnesStandFor) {
  PartTimes times;
  times.add_whole(TimedCallKind::read, 100, 1);
  times.add_whole(TimedCallKind::read, 200, 3);
  EXPECT_EQ(times.mean_ns(TimedCallKind::read), 175);
  EXPECT_EQ(times.mean_ns(TimedCallKind::write), 0);
}

TEST(PartTimes, ACallThatWasKeptFromItsCpuStandsForItselfAlone) {
  PartTimes times;
  times.add_whole(TimedCallKind::read, 100, 98);
  times.add_whole(TimedCallKind::read, 10'000, 98);
  EXPECT_EQ(times.mean_ns(TimedCallKind::read), 200);
}

TEST(PartTimes, WithoutWholeCallsTheMeanIsOfThoseWithParts) {
  PartTimes times;
  PartClock clock;
  spend_time();
  clock.enter(TimePart::rest);
  times.add(TimedCallKind::write, clock, 1);
  EXPECT_EQ(times.mean_ns(TimedCallKind::write), static_cast<double>(clock.total_ns()));
}

}  // namespace
}  // namespace daxlab
