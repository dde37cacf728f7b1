#include "harness/run/benchmark_door.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <nlohmann/json.hpp>

namespace daxlab {
namespace {

using nlohmann::json;

RunIdentity an_identity() {
  return {"hole_read:size=1GiB/mmu/memfd/global_zero:around=16/partial/first_fit/threads:2", 3, 1,
          5, 2};
}

TEST(BenchmarkDoor, RunsTheBodyOnceAndKeepsTheNameClean) {
  int calls = 0;
  const std::string text = run_as_benchmark(an_identity(), [&](RunTimer& timer) {
    ++calls;
    timer.resume();
    timer.pause();
    return RunFigures{{{"faults_read", 12.0}, {"extra", 0.5}}, 4096, "medium memfd", {}};
  });
  EXPECT_EQ(calls, 1);
  const json document = json::parse(text);
  ASSERT_EQ(document.at("benchmarks").size(), 1u);
  const json& record = document["benchmarks"][0];
  EXPECT_EQ(record.at("name"), an_identity().name);
  EXPECT_EQ(record.at("run_name"), an_identity().name);
  EXPECT_EQ(record.at("run_type"), "iteration");
  EXPECT_EQ(record.at("family_index"), 3);
  EXPECT_EQ(record.at("repetition_index"), 1);
  EXPECT_EQ(record.at("repetitions"), 5);
  EXPECT_EQ(record.at("threads"), 2);
  EXPECT_EQ(record.at("iterations"), 1);
  EXPECT_EQ(record.at("time_unit"), "ns");
  EXPECT_GT(record.at("real_time").get<double>(), 0.0);
  EXPECT_GE(record.at("cpu_time").get<double>(), 0.0);
  EXPECT_EQ(record.at("faults_read"), 12.0);
  EXPECT_EQ(record.at("extra"), 0.5);
  EXPECT_EQ(record.at("label"), "medium memfd");
  EXPECT_GT(record.at("bytes_per_second").get<double>(), 0.0);
  EXPECT_FALSE(record.contains("error_occurred"));
  EXPECT_TRUE(document.at("context").contains("num_cpus"));
}

TEST(BenchmarkDoor, BytesPerSecondAreOverTheRealTimeOfTheRecord) {
  const json document = json::parse(run_as_benchmark(an_identity(), [&](RunTimer& timer) {
    timer.resume();
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < 100'000; ++i) sum = sum + i;
    timer.pause();
    return RunFigures{{}, 1'000'000, "", {}};
  }));
  const json& record = document["benchmarks"][0];
  const double seconds = record.at("real_time").get<double>() / 1e9;
  EXPECT_NEAR(record.at("bytes_per_second").get<double>() * seconds, 1'000'000, 1);
}

TEST(BenchmarkDoor, ExcludesWhatRunsWhileTheTimerIsPaused) {
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double, std::nano> paused_ns{};
  const auto start = Clock::now();
  const json document = json::parse(run_as_benchmark(an_identity(), [&](RunTimer& timer) {
    timer.resume();
    timer.pause();
    const auto work_start = Clock::now();
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < 30'000'000; ++i) sum = sum + i;
    paused_ns = Clock::now() - work_start;
    return RunFigures{};
  }));
  const std::chrono::duration<double, std::nano> whole_ns = Clock::now() - start;
  // Holds however slow the machine is; counting the work in would make the left side twice the
  // work.
  EXPECT_LE(document["benchmarks"][0].at("real_time").get<double>() + paused_ns.count(),
            whole_ns.count());
}

TEST(BenchmarkDoor, PausingAndResumingTwiceDoesNothing) {
  const json document = json::parse(run_as_benchmark(an_identity(), [&](RunTimer& timer) {
    timer.pause();
    timer.resume();
    timer.resume();
    return RunFigures{};
  }));
  EXPECT_EQ(document["benchmarks"].size(), 1u);
}

TEST(BenchmarkDoor, FailureOfTheBodyIsAnErrorRecord) {
  const json document = json::parse(run_as_benchmark(an_identity(), [](RunTimer& timer) {
    timer.resume();
    return RunFigures{{{"faults_read", 1.0}}, 0, "medium memfd", "expected \"0x0\"\nseen 0x5 \\"};
  }));
  const json& record = document["benchmarks"][0];
  EXPECT_EQ(record.at("name"), an_identity().name);
  EXPECT_EQ(record.at("error_occurred"), true);
  EXPECT_EQ(record.at("error_message"), "expected \"0x0\"\nseen 0x5 \\");
  EXPECT_EQ(record.at("label"), "medium memfd");
}

TEST(BenchmarkDoor, ARecordMadeForADeadProcessHasTheSameKeys) {
  const json ran = json::parse(run_as_benchmark(an_identity(), [](RunTimer&) {
    return RunFigures{{}, 0, "", "wrong bytes"};
  }));
  const json died = json::parse(failed_benchmark(an_identity(), "killed by SIGABRT"));
  ASSERT_EQ(died.at("benchmarks").size(), 1u);
  std::vector<std::string> ran_keys, died_keys;
  for (const auto& [key, value] : ran["benchmarks"][0].items()) ran_keys.push_back(key);
  for (const auto& [key, value] : died["benchmarks"][0].items()) died_keys.push_back(key);
  EXPECT_EQ(ran_keys, died_keys);
  EXPECT_EQ(died["benchmarks"][0].at("name"), an_identity().name);
  EXPECT_EQ(died["benchmarks"][0].at("repetition_index"), 1);
  EXPECT_EQ(died["benchmarks"][0].at("error_message"), "killed by SIGABRT");
  EXPECT_TRUE(died.at("context").contains("host_name"));
}

TEST(BenchmarkDoor, TheEnvironmentCannotChangeTheRun) {
  // The library reads it when the program starts: this style starts the program again for the test.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  ASSERT_EQ(setenv("BENCHMARK_FILTER", "nothing", 1), 0);
  ASSERT_EQ(setenv("BENCHMARK_REPETITIONS", "3", 1), 0);
  int calls = 0;
  EXPECT_EXIT(
      {
        run_as_benchmark(an_identity(), [&](RunTimer&) {
          ++calls;
          return RunFigures{};
        });
        exit(calls);
      },
      testing::ExitedWithCode(1), "");
  unsetenv("BENCHMARK_FILTER");
  unsetenv("BENCHMARK_REPETITIONS");
}

}  // namespace
}  // namespace daxlab
