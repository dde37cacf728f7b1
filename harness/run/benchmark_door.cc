#include "harness/run/benchmark_door.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <sstream>

#include "harness/run/benchmark_failure.h"

namespace daxlab {
namespace {

using Run = benchmark::BenchmarkReporter::Run;

// Google Benchmark appends its settings to a name ("/iterations:1/process_time/real_time"), counts
// one repetition and knows one family: each run here is alone in its process. The identity says
// better.
void identify(Run& run, const RunIdentity& identity) {
  run.run_name = {};
  run.run_name.function_name = identity.name;
  run.family_index = identity.family_index;
  run.per_family_instance_index = 0;
  run.repetition_index = identity.repetition_index;
  run.repetitions = identity.repetitions;
  run.threads = identity.threads;
}

class IdentifyingReporter final : public benchmark::JSONReporter {
 public:
  IdentifyingReporter(const RunIdentity& identity, std::ostream& out) : identity_(identity) {
    SetOutputStream(&out);
    SetErrorStream(&out);
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    std::vector<Run> identified = runs;
    for (Run& run : identified) identify(run, identity_);
    JSONReporter::ReportRuns(identified);
  }

 private:
  const RunIdentity& identity_;
};

// Google Benchmark's own timer, which runs while its loop does.
class StateTimer final : public RunTimer {
 public:
  explicit StateTimer(benchmark::State& state) : state_(state) { pause(); }
  void resume() override {
    if (!running_) state_.ResumeTiming();
    running_ = true;
  }
  void pause() override {
    if (running_) state_.PauseTiming();
    running_ = false;
  }

 private:
  benchmark::State& state_;
  bool running_ = true;
};

// Everything that the environment (BENCHMARK_OUT, BENCHMARK_FILTER, ...) could set otherwise.
void fix_settings() {
  // Kept for good: the library keeps a pointer to the program's name for its context.
  static std::array arguments = {
      std::string("daxlab"),
      std::string("--benchmark_filter=all"),
      std::string("--benchmark_repetitions=1"),
      std::string("--benchmark_min_warmup_time=0"),
      std::string("--benchmark_list_tests=false"),
      std::string("--benchmark_enable_random_interleaving=false"),
      std::string("--benchmark_report_aggregates_only=false"),
      std::string("--benchmark_display_aggregates_only=false"),
      std::string("--benchmark_out="),
      std::string("--benchmark_perf_counters="),
      std::string("--benchmark_context="),
      std::string("--benchmark_time_unit=ns"),
  };
  std::array<char*, arguments.size() + 1> pointers{};
  for (size_t i = 0; i < arguments.size(); ++i) pointers[i] = arguments[i].data();
  int count = static_cast<int>(arguments.size());
  benchmark::Initialize(&count, pointers.data());
}

void run_once(benchmark::State& state, const std::function<RunFigures(RunTimer&)>& body) {
  for (auto _ : state) {
    StateTimer timer(state);
    const RunFigures figures = body(timer);
    timer.pause();
    state.SetLabel(figures.label);
    if (figures.failure) {
      state.SkipWithError(figures.failure->c_str());
      break;
    }
    for (const auto& [name, value] : figures.counters) {
      // JSON has no word for infinity.
      state.counters[name] = std::isfinite(value) ? value : 0.0;
    }
    if (figures.bytes_processed != 0) {
      state.SetBytesProcessed(static_cast<int64_t>(figures.bytes_processed));
    }
    timer.resume();  // the loop stops it, and insists that it runs
  }
}

}  // namespace

std::string run_as_benchmark(const RunIdentity& identity,
                             const std::function<RunFigures(RunTimer&)>& body) {
  fix_settings();
  std::ostringstream json;
  IdentifyingReporter reporter(identity, json);
  benchmark::RegisterBenchmark(identity.name.c_str(),
                               [&body](benchmark::State& state) { run_once(state, body); })
      ->Iterations(1)
      ->MeasureProcessCPUTime()
      ->UseRealTime();
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  return json.str();
}

std::string failed_benchmark(const RunIdentity& identity, const std::string& failure) {
  std::ostringstream json;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&json);
  reporter.SetErrorStream(&json);
  Run run;
  identify(run, identity);
  set_failed(run, failure);
  run.iterations = 0;
  run.time_unit = benchmark::kNanosecond;
  reporter.ReportContext(benchmark::BenchmarkReporter::Context());
  reporter.ReportRuns({run});
  reporter.Finalize();
  return json.str();
}

std::string benchmark_context() {
  fix_settings();
  std::ostringstream json;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&json);
  reporter.SetErrorStream(&json);
  reporter.ReportContext(benchmark::BenchmarkReporter::Context());
  reporter.Finalize();
  return json.str();
}

}  // namespace daxlab
