#include "harness/workloads/workers.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <fstream>
#include <set>

#include "core/base/sanitized.h"

namespace daxlab {
namespace {

class NoFiles final : public FileSystem {
 public:
  Result<std::unique_ptr<File>> create(std::string_view) override { return ErrorCode::unsupported; }
  Result<std::unique_ptr<File>> open(std::string_view) override { return ErrorCode::unsupported; }
  Status unlink(std::string_view) override { return ErrorCode::unsupported; }
  SpaceUse space_use() override { return {}; }
};

// Each reading of the clock takes a nanosecond.
class Workers : public ::testing::Test {
 protected:
  NoFiles files_;
  std::atomic<uint64_t> passed_ns_ = 0;
  std::atomic<int> starts_ = 0, running_ = 0;
  int stops_ = 0;
  bool started_while_running_ = false;
  WorkloadRun run_{.files = files_,
                   .options = {},
                   .clock_ns = [this] { return passed_ns_++; },
                   .start_timing =
                       [this] {
                         ++starts_;
                         if (running_ != 0) started_while_running_ = true;
                       },
                   .stop_timing = [this] { ++stops_; },
                   .measure_memory = {},
                   .latency = {},
                   .extra = {}};
};

constexpr auto do_nothing = [] {};

TEST_F(Workers, DoTheirOwnAmountOfWorkWithoutARuntime) {
  for (const uint64_t threads : {uint64_t{1}, uint64_t{4}}) {
    run_.operations = 0;
    const auto failure = run_timed_workers(run_, threads, [&](Worker& worker) {
      for (uint64_t i = 0; worker.goes_on(i < 5); ++i) worker.time(do_nothing);
      return std::optional<Failure>();
    });
    EXPECT_FALSE(failure);
    EXPECT_EQ(run_.operations, 5 * threads);
  }
  EXPECT_EQ(starts_, 2);
  EXPECT_EQ(stops_, 2);
}

TEST_F(Workers, GoOnUntilTheTimeIsOverAndForgetTheRamp) {
  run_.runtime_ns = 100;
  run_.ramp_ns = 30;
  uint64_t done = 0, done_at_start = 0;
  run_.start_timing = [&] { ++starts_, done_at_start = done; };
  const auto failure = run_timed_workers(run_, 1, [&](Worker& worker) {
    while (worker.goes_on(false)) {
      worker.time(do_nothing);
      worker.bytes_processed += 8;
      ++done;
    }
    return std::optional<Failure>();
  });
  EXPECT_FALSE(failure);
  EXPECT_EQ(starts_, 1);
  EXPECT_EQ(done_at_start, 29u);  // the first nanosecond passes at the beginning
  EXPECT_EQ(done, 29u + 70u);
  EXPECT_EQ(run_.operations, 70u);
  EXPECT_EQ(run_.bytes_processed, 70u * 8);
  EXPECT_EQ(run_.latency.count(), 70u);
}

TEST_F(Workers, EndTheRampTogether) {
  run_.runtime_ns = 4000;
  run_.ramp_ns = 1000;
  std::atomic<int> counted_before_start = 0;
  const auto failure = run_timed_workers(run_, 4, [&](Worker& worker) {
    for (;;) {
      if (!worker.goes_on(true)) break;
      ++running_;
      if (worker.ramp_end == nullptr && starts_ == 0) ++counted_before_start;
      worker.time(do_nothing);
      --running_;
    }
    return std::optional<Failure>();
  });
  EXPECT_FALSE(failure);
  EXPECT_EQ(starts_, 1);
  EXPECT_EQ(stops_, 1);
  EXPECT_FALSE(started_while_running_);
  EXPECT_EQ(counted_before_start, 0);
  EXPECT_GT(run_.operations, 0u);
  EXPECT_EQ(run_.latency.count(), run_.operations);
}

TEST_F(Workers, DoNotWaitAtTheEndOfTheRampForOneThatHasFailedOrHasNothingToDo) {
  run_.runtime_ns = 2000;
  run_.ramp_ns = 1000;
  for (const bool fails : {true, false}) {
    const auto failure = run_timed_workers(run_, 3, [&](Worker& worker) {
      if (worker.index == 1) return fails ? std::optional(Failure{"wrong"}) : std::nullopt;
      while (worker.goes_on(true)) worker.time(do_nothing);
      return std::optional<Failure>();
    });
    EXPECT_EQ(failure.has_value(), fails);
  }
}

TEST_F(Workers, StopWhenOneFails) {
  const auto failure = run_timed_workers(run_, 3, [](Worker& worker) {
    if (worker.index == 2) return std::optional(Failure{"wrong"});
    while (worker.goes_on(true)) sched_yield();
    return std::optional<Failure>();
  });
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->message, "wrong");
}

cpu_set_t allowed_cpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  EXPECT_EQ(::pthread_getaffinity_np(::pthread_self(), sizeof allowed, &allowed), 0);
  return allowed;
}

TEST_F(Workers, RunWhereTheyArePinnedAndTheCallerDoesNotStayThere) {
  const cpu_set_t before = allowed_cpus();
  std::vector<uint32_t> cpus;
  for (uint32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &before)) cpus.insert(cpus.begin(), cpu);
  }
  run_.cpus = cpus;
  for (const uint64_t threads : {uint64_t{1}, uint64_t{3}, cpus.size() + 1}) {
    const auto failure = run_workers(run_, threads, [&](Worker& worker) {
      const cpu_set_t mine = allowed_cpus();
      const uint32_t expected = cpus[worker.index % cpus.size()];
      if (CPU_COUNT(&mine) == 1 && CPU_ISSET(expected, &mine)) return std::optional<Failure>();
      return std::optional(Failure{"not on CPU " + std::to_string(expected)});
    });
    EXPECT_FALSE(failure) << failure->message;
  }
  const cpu_set_t after = allowed_cpus();
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

TEST_F(Workers, SayWhichCpuCannotBeHad) {
  const std::vector<uint32_t> none{1023}, beyond{100000};
  for (const auto& cpus : {none, beyond}) {
    run_.cpus = cpus;
    for (const uint64_t threads : {uint64_t{1}, uint64_t{3}}) {
      std::atomic<int> bodies = 0;
      const auto failure = run_workers(run_, threads, [&](Worker&) {
        ++bodies;
        return std::optional<Failure>();
      });
      ASSERT_TRUE(failure);
      EXPECT_EQ(bodies, 0);
      EXPECT_NE(failure->message.find(" cannot be pinned to CPU " + std::to_string(cpus[0]) +
                                      ": Invalid argument"),
                std::string::npos)
          << failure->message;
    }
  }
}

TEST_F(Workers, SayThatThereAreNotThreadsEnough) {
  if (sanitized) GTEST_SKIP() << "a sanitizer's shadow takes all address space";
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_AS, &before), 0);
  for (const uint64_t ramp_ns : {0u, 1000u}) {
    run_.runtime_ns = 2000;
    run_.ramp_ns = ramp_ns;
    uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    const rlimit low{pages * page_bytes + (rlim_t{64} << 20), before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_AS, &low), 0);
    std::atomic<int> bodies = 0;
    const auto failure = run_timed_workers(run_, 500, [&](Worker&) {
      ++bodies;
      return std::optional<Failure>();
    });
    ASSERT_EQ(setrlimit(RLIMIT_AS, &before), 0);
    ASSERT_TRUE(failure);
    EXPECT_EQ(bodies, 0);
    EXPECT_NE(failure->message.find(" of 500 cannot be started: "), std::string::npos)
        << failure->message;
  }
}

}  // namespace
}  // namespace daxlab
