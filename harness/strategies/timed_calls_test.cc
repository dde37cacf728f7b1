// Which calls are timed, and where their time is counted.
#include <gtest/gtest.h>

#include "core/base/counters.h"
#include "core/base/timed_sample.h"
#include "harness/strategies/named_lab.h"

namespace daxlab {
namespace {

constexpr uint64_t timed_pages = 300;

class TimedCalls : public testing::Test {
 protected:
  std::unique_ptr<Lab> lab_ = make_lab({});
  Counters& counters_ = lab_->counters();
  const PartTimes& times_ = counters_.part_times();
  std::unique_ptr<File> file_ = lab_->files().create("file").take();
  std::vector<std::byte> bytes_ = std::vector<std::byte>(page_bytes, std::byte{7});

  void write_and_read() {
    for (uint64_t page = 0; page < timed_pages; ++page) {
      ASSERT_EQ(file_->write(page * page_bytes, bytes_).value(), page_bytes);
    }
    for (uint64_t page = 0; page < timed_pages; ++page) {
      ASSERT_EQ(file_->read(page * page_bytes, bytes_).value(), page_bytes);
    }
  }
  // One for each page.
  void fault() {
    ASSERT_TRUE(file_->truncate(timed_pages * page_bytes).ok());
    const std::unique_ptr<View> view = file_->map({0, timed_pages}).take();
    for (uint64_t page = 0; page < timed_pages; ++page)
      ASSERT_EQ(view->load(page * page_bytes), 0u);
  }
  double shares(TimedCallKind kind) const {
    double sum = 0;
    for (size_t part = 0; part < part_count; ++part) {
      sum += times_.share(kind, static_cast<TimePart>(part));
    }
    return sum;
  }
};

TEST(TimedOf, ASampleStandsForAllCalls) {
  constexpr uint64_t calls = 10'000;
  uint64_t by_parts = 0, as_whole = 0, faults = 0;
  for (uint64_t before = 0; before < calls; ++before) {
    const TimedOf timed = timed_of_call(before);
    (timed.parts ? by_parts : as_whole) += timed.calls;
    faults += timed_of_fault(before).calls;
  }
  EXPECT_NEAR(static_cast<double>(by_parts), calls, call_parts_one_in);
  EXPECT_NEAR(static_cast<double>(as_whole), calls, call_parts_one_in);
  EXPECT_NEAR(static_cast<double>(faults), calls, fault_parts_one_in);
  EXPECT_TRUE(timed_of_call(0).parts && timed_of_call(0).calls > 0);
  EXPECT_TRUE(timed_of_fault(0).parts && timed_of_fault(0).calls > 0);
}

TEST_F(TimedCalls, AllAreCountedAndSomeAreTimed) {
  counters_.reset();
  write_and_read();
  EXPECT_EQ(counters_.sum(Counter::write_calls), timed_pages);
  EXPECT_EQ(counters_.sum(Counter::read_calls), timed_pages);
  for (const TimedCallKind kind : {TimedCallKind::write, TimedCallKind::read}) {
    EXPECT_GT(times_.with_parts(kind), 0u);
    EXPECT_LT(times_.with_parts(kind), timed_pages / 3);
    EXPECT_NEAR(shares(kind), 1, 1e-9);
    EXPECT_GT(times_.share(kind, TimePart::copy), 0);
    EXPECT_GT(times_.mean_ns(kind), 0);
  }
  EXPECT_EQ(times_.with_parts(TimedCallKind::fault), 0u);
}

TEST_F(TimedCalls, EachFaultHasALatencyAndSomeHaveParts) {
  counters_.reset();
  fault();
  ASSERT_NE(counters_.fault_latencies(), nullptr);
  EXPECT_EQ(counters_.fault_latencies()->in_all(), counters_.sum(Counter::handler_calls));
  EXPECT_GE(counters_.sum(Counter::handler_calls), timed_pages);
  EXPECT_GE(times_.with_parts(TimedCallKind::fault), timed_pages / fault_parts_one_in);
  EXPECT_LT(times_.with_parts(TimedCallKind::fault), timed_pages / 3);
  EXPECT_NEAR(shares(TimedCallKind::fault), 1, 1e-9);
  EXPECT_GT(times_.share(TimedCallKind::fault, TimePart::insert), 0);
  EXPECT_EQ(times_.with_parts(TimedCallKind::write), 0u);
}

TEST_F(TimedCalls, WithoutTimesTheyAreStillCounted) {
  counters_.keep_times(false);
  counters_.reset();
  write_and_read();
  ASSERT_TRUE(file_->truncate(0).ok());
  fault();
  EXPECT_EQ(counters_.sum(Counter::write_calls), timed_pages);
  EXPECT_EQ(counters_.sum(Counter::read_calls), timed_pages);
  EXPECT_GE(counters_.sum(Counter::handler_calls), timed_pages);
  EXPECT_EQ(counters_.sum(Counter::handler_ns), 0u);
  EXPECT_EQ(counters_.fault_latencies()->in_all(), 0u);
  for (const auto kind : {TimedCallKind::fault, TimedCallKind::write, TimedCallKind::read}) {
    EXPECT_EQ(times_.with_parts(kind), 0u);
    EXPECT_EQ(times_.mean_ns(kind), 0);
  }
}

TEST_F(TimedCalls, FaultsOfABufferAreTheFaultsOwn) {
  const std::unique_ptr<File> holes = lab_->files().create("holes").take();
  ASSERT_TRUE(holes->truncate(timed_pages * page_bytes).ok());
  const std::unique_ptr<View> from = holes->map({0, timed_pages}).take();
  counters_.reset();
  for (uint64_t page = 0; page < timed_pages; ++page) {
    const std::span<const std::byte> bytes(from->raw() + page * page_bytes, page_bytes);
    ASSERT_EQ(file_->write(page * page_bytes, bytes).value(), page_bytes);
  }
  EXPECT_GT(times_.with_parts(TimedCallKind::write), 0u);
  EXPECT_GT(times_.with_parts(TimedCallKind::fault), 0u);
  EXPECT_GT(times_.share(TimedCallKind::fault, TimePart::insert), 0);
  EXPECT_EQ(times_.share(TimedCallKind::write, TimePart::insert), 0);
  EXPECT_NEAR(shares(TimedCallKind::write), 1, 1e-9);
  EXPECT_NEAR(shares(TimedCallKind::fault), 1, 1e-9);
}

}  // namespace
}  // namespace daxlab
