#include "harness/run/benchmark_door.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cmath>
#include <sstream>

#include "harness/run/benchmark_failure.h"

namespace daxlab {
namespace {

// What the library has measured of the one run.
class CopyingReporter final : public benchmark::BenchmarkReporter {
 public:
  CopyingReporter() {
    SetOutputStream(&unused_);
    SetErrorStream(&unused_);
  }
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) record_ = copy_of(run);
  }
  const std::optional<ResultRecord>& record() const { return record_; }

 private:
  static ResultRecord copy_of(const Run& run) {
    ResultRecord record;
    record.iterations = run.iterations;
    record.real_time_ns = run.GetAdjustedRealTime();
    record.cpu_time_ns = run.GetAdjustedCPUTime();
    for (const auto& [name, counter] : run.counters) record.counters[name] = counter.value;
    record.label = run.report_label;
    record.failure = failure_of(run);
    return record;
  }

  std::ostringstream unused_;
  std::optional<ResultRecord> record_;
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
      state.SkipWithError(figures.failure->message.c_str());
      break;
    }
    for (const auto& [name, value] : figures.counters) {
      // JSON has no word for infinity.
      state.counters[name] = std::isfinite(value) ? value : 0.0;
    }
    state.SetIterationTime(figures.time_ns / 1e9);
    if (figures.bytes_processed != 0) {
      state.SetBytesProcessed(static_cast<int64_t>(figures.bytes_processed));
    }
    timer.resume();  // the loop stops it, and insists that it runs
  }
}

}  // namespace

void identify(ResultRecord& record, const RunIdentity& identity) {
  record.name = identity.name;
  record.parts = NameParts::of(identity.name).value_or(NameParts{});
  record.parts.threads = static_cast<uint64_t>(identity.threads);
  record.family_index = identity.family_index;
  record.repetition_index = identity.repetition_index;
  record.repetitions = identity.repetitions;
}

// The library appends its settings to a name ("/iterations:1/process_time/real_time"), counts one
// repetition and knows one family: each run here is alone in its process. The identity says better.
ResultRecord run_as_benchmark(const RunIdentity& identity,
                              const std::function<RunFigures(RunTimer&)>& body) {
  fix_settings();
  CopyingReporter reporter;
  std::map<std::string, ResultRecord::Histogram> histograms;  // the library has no place for them
  FailureKind kind{};                                         // nor for this
  const auto keeping_histograms = [&](RunTimer& timer) {
    RunFigures figures = body(timer);
    if (!figures.failure) histograms = std::move(figures.histograms);
    if (figures.failure) kind = figures.failure->kind;
    return figures;
  };
  benchmark::RegisterBenchmark(
      identity.name.c_str(), [&](benchmark::State& state) { run_once(state, keeping_histograms); })
      ->Iterations(1)
      ->MeasureProcessCPUTime()
      ->UseManualTime();
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  if (!reporter.record())
    return failed_record(identity, refusal("Google Benchmark has not run it"));
  ResultRecord record = *reporter.record();
  record.histograms = std::move(histograms);
  record.failure_kind = kind;
  identify(record, identity);
  return record;
}

ResultRecord failed_record(const RunIdentity& identity, const Failure& failure) {
  ResultRecord record;
  identify(record, identity);
  record.failure = failure.message;
  record.failure_kind = failure.kind;
  return record;
}

// Only its printer has the date and how the library was built.
Json benchmark_context() {
  fix_settings();
  std::ostringstream text;
  benchmark::JSONReporter reporter;
  reporter.SetOutputStream(&text);
  reporter.SetErrorStream(&text);
  reporter.ReportContext(benchmark::BenchmarkReporter::Context());
  reporter.Finalize();
  const Json document = json_or_null(text.str());
  return document["context"].is_map() ? document["context"] : Json::map();
}

}  // namespace daxlab
