// Runs a workload in a test and keeps what it reported.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/baseline/baseline_file_system.h"
#include "harness/workloads/file_options.h"

namespace daxlab {

// The usual file: more pages than any cache of a test holds back.
inline constexpr uint64_t pages_of_test = 48;
inline constexpr uint64_t size_of_test = pages_of_test * page_bytes;

struct TestRun {
  std::optional<Failure> failure;
  LatencyHistogram latency;
  uint64_t operations = 0, bytes_processed = 0;
  std::map<std::string, double> extra;
  int starts = 0, stops = 0, measurements = 0;
  bool measured_while_timing = false;
};

// Of time there is as much as a test says: reading the clock takes one nanosecond.
struct TestTime {
  uint64_t runtime_ns = 0, ramp_ns = 0;
};

// Options that are not named have their defaults; those of the file are named by their labels:
// "holes.every".
inline TestRun run_workload(FileSystem& files, std::string_view name,
                            const std::map<std::string, uint64_t>& options, uint64_t threads = 1,
                            TestTime time = {}) {
  const auto workload = make_workload(name);
  if (workload == nullptr) {
    ADD_FAILURE() << "no workload " << name;
    return {};
  }
  const OptionTable& table = workload->description().options;
  std::vector<uint64_t> values;
  size_t used = 0;
  for (uint32_t i = 0; i < table.count; ++i) {
    const auto given = options.find(std::string(option_label(table.options[i].name)));
    values.push_back(given == options.end() ? table.options[i].default_value : given->second);
    if (given != options.end()) ++used;
  }
  EXPECT_EQ(used, options.size()) << "an option that " << name << " does not have";

  TestRun result;
  bool timing = false;
  std::atomic<uint64_t> passed_ns = 0;
  WorkloadRun run{.files = files,
                  .options = {values.data(), table.count},
                  .threads = threads,
                  .seed = 42,
                  .region_bytes = 0,
                  .runtime_ns = time.runtime_ns,
                  .ramp_ns = time.ramp_ns,
                  .clock_ns = [&] { return passed_ns++; },
                  .start_timing = [&] { ++result.starts, timing = true; },
                  .stop_timing = [&] { ++result.stops, timing = false; },
                  .measure_memory =
                      [&] {
                        ++result.measurements;
                        if (timing) result.measured_while_timing = true;
                      },
                  .latency = {},
                  .operations = 0,
                  .bytes_processed = 0,
                  .extra = {}};
  result.failure = workload->run(run);
  result.latency = run.latency;
  result.operations = run.operations;
  result.bytes_processed = run.bytes_processed;
  result.extra = {run.extra.begin(), run.extra.end()};
  return result;
}

inline std::unique_ptr<BaselineFileSystem> baseline_in_memory() {
  auto made = BaselineFileSystem::make("/dev/shm");
  EXPECT_TRUE(made.ok()) << made.error().message;
  return made.take();
}

inline std::string message_of(const TestRun& run) {
  return run.failure ? run.failure->message : "";
}

}  // namespace daxlab
