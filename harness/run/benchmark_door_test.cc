#include "harness/run/benchmark_door.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>

#include "core/base/json.h"

namespace daxlab {
namespace {

RunIdentity an_identity() {
  return {"hole_read:size=1GiB/mmu/memfd/global_zero:around=16/partial/first_fit/threads:2", 3, 1,
          5, 2};
}

TEST(BenchmarkDoor, RunsTheBodyOnceAndKeepsTheNameClean) {
  int calls = 0;
  const ResultRecord record = run_as_benchmark(an_identity(), [&](RunTimer& timer) {
    ++calls;
    timer.resume();
    timer.pause();
    return RunFigures{{{"faults_read", 12.0}, {"extra", 0.5}}, 4096, "medium memfd", {}, 2500};
  });
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(record.name, an_identity().name);
  EXPECT_EQ(record.parts.workload, "hole_read:size=1GiB");
  EXPECT_EQ(record.parts.threads, 2u);
  EXPECT_EQ(record.family_index, 3);
  EXPECT_EQ(record.repetition_index, 1);
  EXPECT_EQ(record.repetitions, 5);
  EXPECT_EQ(record.iterations, 1);
  EXPECT_NEAR(record.real_time_ns, 2500, 1e-6);
  EXPECT_GE(record.cpu_time_ns, 0.0);
  EXPECT_EQ(record.counter("faults_read"), 12.0);
  EXPECT_EQ(record.counter("extra"), 0.5);
  EXPECT_EQ(record.label, "medium memfd");
  EXPECT_GT(record.counter("bytes_per_second"), 0.0);
  EXPECT_EQ(record.counters.size(), 3u);
  EXPECT_FALSE(record.failure.has_value());
}

TEST(BenchmarkDoor, HistogramsComeThroughIfTheRunHasNotFailed) {
  const std::map<std::string, ResultRecord::Histogram> histograms = {
      {"latency_histogram", {{40, 2}, {44, 1}}}};
  for (const bool fails : {false, true}) {
    const ResultRecord record = run_as_benchmark(an_identity(), [&](RunTimer&) {
      RunFigures figures;
      figures.time_ns = 4e6;
      if (fails) figures.failure = Failure{"seen 0x5", FailureKind::hang};
      figures.histograms = histograms;
      return figures;
    });
    EXPECT_EQ(record.failure.has_value(), fails);
    if (fails) {
      EXPECT_EQ(record.failure_kind, FailureKind::hang);
    }
    EXPECT_EQ(record.histograms.empty(), fails);
    if (!fails) {
      EXPECT_EQ(record.histograms, histograms);
    }
  }
}

TEST(BenchmarkDoor, BytesPerSecondAreOverTheRealTimeOfTheRecord) {
  const ResultRecord record = run_as_benchmark(an_identity(), [](RunTimer&) {
    return RunFigures{{}, 1'000'000, "", {}, 4e6};
  });
  EXPECT_NEAR(record.counter("bytes_per_second").value(), 1'000'000 / 4e-3, 1);
}

TEST(BenchmarkDoor, ProcessorTimeIsThatWhileTheTimerRuns) {
  const auto work = [] {
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < 30'000'000; ++i) sum = sum + i;
  };
  const auto run = [&](bool timed) {
    return run_as_benchmark(an_identity(), [&](RunTimer& timer) {
      if (timed) timer.resume();
      work();
      timer.pause();
      return RunFigures{};
    });
  };
  // The same work in both: only the second counts it.
  EXPECT_LT(run(false).cpu_time_ns, run(true).cpu_time_ns);
}

TEST(BenchmarkDoor, PausingAndResumingTwiceDoesNothing) {
  const ResultRecord record = run_as_benchmark(an_identity(), [&](RunTimer& timer) {
    timer.pause();
    timer.resume();
    timer.resume();
    return RunFigures{};
  });
  EXPECT_EQ(record.iterations, 1);
  EXPECT_FALSE(record.failure.has_value());
}

TEST(BenchmarkDoor, FailureOfTheBodyIsThatOfTheRecord) {
  const ResultRecord record = run_as_benchmark(an_identity(), [](RunTimer& timer) {
    timer.resume();
    return RunFigures{
        {{"faults_read", 1.0}}, 0, "medium memfd", Failure{"expected \"0x0\"\nseen 0x5 \\"}};
  });
  EXPECT_EQ(record.name, an_identity().name);
  EXPECT_EQ(record.failure, "expected \"0x0\"\nseen 0x5 \\");
  EXPECT_EQ(record.label, "medium memfd");
  EXPECT_TRUE(record.counters.empty());
}

TEST(BenchmarkDoor, ARecordMadeForADeadProcessHasTheSameKeys) {
  const Json ran = result_json(run_as_benchmark(an_identity(), [](RunTimer&) {
    return RunFigures{{}, 0, "", Failure{"wrong bytes"}};
  }));
  const Json died =
      result_json(failed_record(an_identity(), {"killed by SIGABRT", FailureKind::crash}));
  std::vector<std::string> ran_keys, died_keys;
  for (const auto& [key, value] : ran.members()) ran_keys.push_back(key);
  for (const auto& [key, value] : died.members()) died_keys.push_back(key);
  EXPECT_EQ(ran_keys, died_keys);
  EXPECT_EQ(died["name"], an_identity().name);
  EXPECT_EQ(died["repetition_index"], 1);
  EXPECT_EQ(died["error_message"], "killed by SIGABRT");
}

TEST(BenchmarkDoor, TheContextIsThatOfTheLibrary) {
  const Json context = benchmark_context();
  for (const char* key : {"date", "host_name", "executable", "num_cpus", "mhz_per_cpu", "caches",
                          "load_avg", "library_build_type"}) {
    EXPECT_TRUE(context.contains(key)) << key;
  }
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
