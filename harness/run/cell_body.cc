#include "harness/run/cell_body.h"

#include <fmt/format.h>

#include "harness/run/cell_lab.h"
#include "harness/run/cpu_choice.h"
#include "harness/run/run_counters.h"
#include "harness/run/workload_files.h"
#include "harness/workloads/workload.h"

namespace daxlab {
namespace {

// A workload's run, timed by `timer` and measured through `channel`.
class MeasuredRun {
 public:
  MeasuredRun(const Cell& cell, Lab& lab, FileSystem& files, CellChannel& channel, RunTimer& timer)
      : cell_(cell),
        lab_(lab),
        channel_(channel),
        timer_(timer),
        run_{.files = files,
             .options = {},
             .start_timing = {},
             .stop_timing = {},
             .measure_memory = {},
             .latency = {},
             .extra = {}} {}

  RunFigures run() {
    run_.options = {cell_.workload.values.data(),
                    static_cast<uint32_t>(cell_.workload.values.size())};
    run_.threads = cell_.threads;
    run_.seed = cell_.seed;
    run_.runtime_ns = static_cast<uint64_t>(cell_.runtime.count());
    run_.ramp_ns = static_cast<uint64_t>(cell_.ramp.count());
    run_.cpus = cell_.cpus;
    if (cell_.engine != EngineKind::baseline) {
      run_.region_bytes = lab_.files().space_use().total_blocks * block_bytes;
    }
    run_.start_timing = [this] { start_timing(); };
    run_.stop_timing = [this] { stop_timing(); };
    run_.measure_memory = [this] { measure_untimed(); };

    const auto workload = make_workload(cell_.workload.name);
    std::optional<Failure> failure = workload->run(run_);
    stop_timing();
    return figures(failure);
  }

 private:
  void start_timing() {
    // The lab's counts and the memory's growth are of the timed part only.
    note(channel_.start_measuring());
    lab_.counters().reset();
    timed_ = true;
    timer_.resume();
  }

  // What workloads do afterwards, to verify, is not counted.
  void stop_timing() {
    timer_.pause();
    if (!timed_) return;
    timed_ = false;
    counters_ = lab_counters(lab_.counters(), cell_.engine != EngineKind::baseline);
    counters_.emplace_back("blocks_used",
                           static_cast<double>(lab_.files().space_use().used_blocks));
    note(channel_.measure());
  }

  void measure_untimed() {
    timer_.pause();
    note(channel_.measure());
    if (timed_) timer_.resume();
  }

  void note(const ErrorOr<uint64_t>& growth_bytes) {
    if (growth_bytes.ok()) {
      memory_peak_bytes_ = growth_bytes.value();
    } else if (!measure_error_) {
      measure_error_ = growth_bytes.error().message;
    }
  }

  RunFigures figures(const std::optional<Failure>& failure) {
    RunFigures figures;
    if (const auto unsafe = lab_.failure()) {
      figures.failure = *unsafe;
    } else if (failure) {
      figures.failure = failure->message;
    } else if (measure_error_) {
      figures.failure = "memory could not be measured: " + *measure_error_;
    }
    figures.counters = std::move(counters_);
    figures.counters.emplace_back("memory_peak_bytes", static_cast<double>(memory_peak_bytes_));
    figures.counters.emplace_back("operations", static_cast<double>(run_.operations));
    const NamedCounters latency = latency_counters(run_.latency);
    figures.counters.insert(figures.counters.end(), latency.begin(), latency.end());
    figures.counters.insert(figures.counters.end(), run_.extra.begin(), run_.extra.end());
    figures.bytes_processed = run_.bytes_processed;
    const EffectiveFacts& facts = lab_.facts();
    figures.label = fmt::format(
        "medium={} persistence_domain={} flush_instruction={} fault_delivery={}", facts.medium,
        facts.persistence_domain, facts.flush_instruction, facts.fault_delivery);
    if (!cell_.cpus.empty()) figures.label += " cpus=" + format_cpus(cell_.cpus);
    return figures;
  }

  const Cell& cell_;
  Lab& lab_;
  CellChannel& channel_;
  RunTimer& timer_;
  WorkloadRun run_;
  bool timed_ = false;
  NamedCounters counters_;
  uint64_t memory_peak_bytes_ = 0;
  std::optional<std::string> measure_error_;
};

}  // namespace

CellReport run_cell_body(const Config& config, const Cell& cell, const RunIdentity& identity,
                         const std::filesystem::path& directory, CellChannel& channel,
                         CallLog& log) {
  const auto not_started = [&](const Error& error) {
    return CellReport{failed_record(identity, error.message), {}};
  };
  const auto spec = load_lab_spec(config, cell, directory, log);
  if (!spec.ok()) return not_started(spec.error());
  auto assembled = Lab::assemble(spec.value(), log);
  if (!assembled.ok()) return not_started(assembled.error());
  const std::unique_ptr<Lab> lab = assembled.take();

  // A memfd and a baseline's folder are fresh, and go with the run.
  const bool stays = cell.engine != EngineKind::baseline && cell.medium == MediumKind::file;
  WorkloadFiles files_of_workload(*lab);
  if (stays) {
    if (const auto error = files_of_workload.remove_all()) return not_started(*error);
  }

  CellReport report;
  report.context = {{"effective_medium", lab->facts().medium},
                    {"persistence_domain", lab->facts().persistence_domain},
                    {"flush_instruction", lab->facts().flush_instruction},
                    {"fault_delivery", lab->facts().fault_delivery}};
  report.record = run_as_benchmark(identity, [&](RunTimer& timer) {
    FileSystem& files = stays ? files_of_workload : lab->files();
    RunFigures figures = MeasuredRun(cell, *lab, files, channel, timer).run();
    // After an unsafe answer nothing more is asked of the plugins; the next run removes the files.
    if (stays && !figures.failure) {
      if (const auto error = files_of_workload.remove_all()) figures.failure = error->message;
    }
    return figures;
  });
  return report;
}

}  // namespace daxlab
