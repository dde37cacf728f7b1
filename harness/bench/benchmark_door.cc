#include "harness/bench/benchmark_door.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <optional>
#include <string>

#include "harness/run/benchmark_failure.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

// Others may follow in the arguments, and then hold.
const std::vector<std::string> settings = {
    "--benchmark_enable_random_interleaving=true", "--benchmark_repetitions=11",
    "--benchmark_min_time=0.02", "--benchmark_display_aggregates_only=true"};

void run(benchmark::State& state, const Row& row) {
  ErrorOr<TimedLoop> loop = row.prepare();
  if (!loop.ok()) return state.SkipWithError(loop.error().message.c_str());
  for (auto _ : state) {
    const ErrorOr<uint64_t> spent_ns = loop.value()();
    if (!spent_ns.ok()) return state.SkipWithError(spent_ns.error().message.c_str());
    state.SetIterationTime(static_cast<double>(spent_ns.value()) * 1e-9);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(row.items));
}

// The console's table, and the medians for ours.
class MedianReporter final : public benchmark::ConsoleReporter {
 public:
  MedianReporter() : ConsoleReporter(OO_Tabular) {}

  void ReportRuns(const std::vector<Run>& runs) override {
    ConsoleReporter::ReportRuns(runs);
    for (const Run& run : runs) {
      failed_ |= failure_of(run).has_value();
      if (run.run_type != Run::RT_Aggregate || run.aggregate_name != "median") continue;
      medians_ns_[run.run_name.function_name] = run.GetAdjustedRealTime();
    }
  }

  // Of one loop.
  std::optional<double> median_ns(const std::string& name) const {
    auto found = medians_ns_.find(name);
    return found == medians_ns_.end() ? std::nullopt : std::optional(found->second);
  }
  bool failed() const { return failed_; }

 private:
  std::map<std::string, double> medians_ns_;
  bool failed_ = false;
};

void print_ratios(const std::vector<Row>& rows, const MedianReporter& reporter) {
  print("\n{:<52}{:>14}{:>12}{:>8}  {}\n", "row", "ns/loop", "ns/item", "ratio", "to");
  for (const Row& row : rows) {
    const auto median_ns = reporter.median_ns(row.name);
    if (!median_ns) continue;
    print("{:<52}{:>14.0f}{:>12.2f}", row.name, *median_ns,
          *median_ns / static_cast<double>(row.items));
    const auto other_ns = reporter.median_ns(row.compared_with);
    if (other_ns) print("{:>8.3f}  {}", *median_ns / *other_ns, row.compared_with);
    print("\n");
  }
}

}  // namespace

int run_rows(int argument_count, char** arguments, const std::vector<Row>& rows) {
  take_standard_streams();
  std::vector<std::string> words = {arguments[0]};
  words.insert(words.end(), settings.begin(), settings.end());
  words.insert(words.end(), arguments + 1, arguments + argument_count);
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int count = static_cast<int>(words.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;
  for (const Row& row : rows) {
    benchmark::RegisterBenchmark(row.name.c_str(), [&row](benchmark::State& state) {
      run(state, row);
    })->UseManualTime();
  }
  MedianReporter reporter;
  if (benchmark::RunSpecifiedBenchmarks(&reporter) == 0) return 1;
  benchmark::Shutdown();
  print_ratios(rows, reporter);
  return reporter.failed() || !send_output() ? 1 : 0;
}

}  // namespace daxlab
