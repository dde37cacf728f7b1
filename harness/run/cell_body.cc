#include "harness/run/cell_body.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>

#include "core/base/process_limits.h"
#include "harness/run/cell_lab.h"
#include "harness/run/cpu_choice.h"
#include "harness/run/kernel_fault_watch.h"
#include "harness/run/run_counters.h"
#include "harness/run/workload_files.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

// What the kernel has counted of all threads, also of those that have ended.
struct KernelCounts {
  uint64_t involuntary_switches = 0;
  uint64_t resolved_faults = 0;  // page faults, but for those that ended in a signal

  static KernelCounts now() {
    rusage use{};
    getrusage(RUSAGE_SELF, &use);
    return {static_cast<uint64_t>(use.ru_nivcsw),
            static_cast<uint64_t>(use.ru_minflt + use.ru_majflt)};
  }
};

// A workload's run, timed by `timer` and measured through `channel`.
class MeasuredRun {
 public:
  MeasuredRun(const Cell& cell, Lab& lab, FileSystem& files, CellChannel& channel, RunTimer& timer,
              Trace* trace)
      : cell_(cell),
        lab_(lab),
        channel_(channel),
        timer_(timer),
        run_{.files = files,
             .options = {},
             .trace = trace,
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

    kernel_faults_.emplace(cell_, run_.trace);
    const auto workload = make_workload(cell_.workload.name);
    blocks_before_ = lab_.counters().level(Peak::blocks);
    note(channel_.start_measuring());
    std::optional<Failure> failure = workload->run(run_);
    stop_timing();
    return figures(failure);
  }

 private:
  void start_timing() {
    // The lab's counts are of the timed part only; what is there already is memory all the same.
    note(channel_.start_anonymous());
    lab_.counters().reset();
    timed_ = true;
    first_timed_ns_ = now_ns();
    if (run_.trace != nullptr) run_.trace->begin();
    go_on();
  }

  // What workloads do afterwards, to verify, is not counted.
  void stop_timing() {
    if (!timed_) return;
    pause();
    timed_ = false;
    note(channel_.measure());  // first: looking at page sizes takes memory, too
    const NamedCounters page_sizes = kernel_faults_->end(lab_.mapped_ranges(), first_timed_ns_);
    if (run_.trace != nullptr) run_.trace->end();
    counters_ = lab_counters(lab_.counters(), cell_.engine != EngineKind::baseline);
    // Tracing takes faults of its own, in the memory that it fills.
    if (run_.trace == nullptr) counters_.emplace_back("page_faults", page_faults());
    if (const LatencyCounts* faults = lab_.counters().fault_latencies()) faults_.merge(*faults);
    const SpaceUse space = lab_.files().space_use();
    counters_.insert(counters_.end(), page_sizes.begin(), page_sizes.end());
    counters_.emplace_back("blocks_used", static_cast<double>(space.used_blocks));
    if (cell_.engine == EngineKind::baseline) return;
    counters_.emplace_back("map_blocks", static_cast<double>(space.map_blocks));
  }

  // Of operations; and of faults in their handler, as an operation may take several, or none.
  void add_latencies(RunFigures& figures) const {
    const auto add = [&](const LatencyHistogram& latency, const std::string& prefix) {
      const NamedCounters named = latency_counters(latency, prefix);
      figures.counters.insert(figures.counters.end(), named.begin(), named.end());
      figures.histograms[prefix + "latency_histogram"] = latency.filled_buckets();
    };
    add(run_.latency, "");
    if (faults_.count() > 0) add(faults_, "fault_");
  }

  void measure_untimed() {
    if (timed_) pause();
    note(channel_.measure());
    if (timed_) go_on();
  }

  void go_on() {
    timer_.resume();
    counts_before_ = KernelCounts::now();
    since_ns_ = now_ns();
  }
  void pause() {
    wall_ns_ += now_ns() - since_ns_;
    const KernelCounts counts = KernelCounts::now();
    switches_ += counts.involuntary_switches - counts_before_.involuntary_switches;
    resolved_faults_ += counts.resolved_faults - counts_before_.resolved_faults;
    timer_.pause();
  }

  // One meter for all rows: what ended in a signal the kernel has not counted.
  double page_faults() const {
    const Counters& counters = lab_.counters();
    const uint64_t delivered =
        counters.sum(Counter::handler_calls) - counters.sum(Counter::prefault_calls);
    return static_cast<double>(resolved_faults_ + delivered);
  }

  // A thread's share of the time that passed, and what of it was in no operation.
  void add_times(RunFigures& figures) const {
    const auto operations = static_cast<double>(run_.operations);
    const auto threads = static_cast<double>(cell_.threads);
    const auto wall_ns = static_cast<double>(wall_ns_);
    const auto operation_ns = static_cast<double>(run_.operation_ns);
    figures.time_ns = operation_ns / threads;
    figures.counters.emplace_back("wall_ns", wall_ns);
    const double outside_ns = std::max(wall_ns * threads - operation_ns, 0.0);
    figures.counters.emplace_back("outside_ns", operations > 0 ? outside_ns / operations : 0);
    figures.counters.emplace_back("involuntary_switches", static_cast<double>(switches_));
    if (const auto cpus = usable_cpus(); cpus.ok()) {
      figures.counters.emplace_back("cpus", static_cast<double>(cpus.value().size()));
    }
  }

  void note(const ErrorOr<MemoryFigures>& growth) {
    if (growth.ok()) {
      memory_ = growth.value();
    } else if (!measure_error_) {
      measure_error_ = growth.error().message;
    }
  }

  // Pages and blocks come and go between two measurements: the lab knows their highest number. The
  // kernel keeps a baseline's blocks in its page cache.
  void add_memory(RunFigures& figures) const {
    const Counters& counters = lab_.counters();
    const auto bytes_of = [](int64_t pages) { return static_cast<double>(pages) * page_bytes; };
    const double cached = std::max(static_cast<double>(memory_.page_cache_bytes),
                                   bytes_of(counters.highest(Peak::page_cache_pages)));
    const double blocks = bytes_of(counters.highest(Peak::blocks) - blocks_before_);
    const auto anonymous = static_cast<double>(memory_.anonymous_bytes);
    const auto page_tables = static_cast<double>(memory_.page_table_bytes);
    figures.counters.insert(figures.counters.end(),
                            {{"page_table_bytes", page_tables},
                             {"page_cache_bytes", cached},
                             {"anonymous_bytes", anonymous},
                             {"block_bytes", blocks},
                             {"memory_peak_bytes", page_tables + cached + anonymous + blocks}});
    if (!memory_.slab_known) return;
    figures.counters.emplace_back("slab_bytes", static_cast<double>(memory_.slab_bytes));
  }

  // A baseline's files are the kernel's, and so is the space that they lack.
  std::string little_space(const std::string& message) const {
    constexpr uint64_t little_bytes = uint64_t{64} << 20;
    if (cell_.engine != EngineKind::baseline) return {};
    if (message.find(" bytes free") != message.npos) return {};  // of a bus error, which knows
    if (lab_.files().space_use().free_blocks * block_bytes >= little_bytes) return {};
    return fmt::format(" ({})", space_text(cell_.directory));
  }

  RunFigures figures(const std::optional<Failure>& failure) {
    RunFigures figures;
    if (const auto unsafe = lab_.failure()) {
      figures.failure = Failure{*unsafe, FailureKind::wrong_data};
    } else if (failure) {
      figures.failure = failure;
      figures.failure->message += little_space(failure->message);
    } else if (measure_error_) {
      figures.failure = refusal("memory could not be measured: " + *measure_error_);
    }
    figures.counters = std::move(counters_);
    add_memory(figures);
    figures.counters.emplace_back("operations", static_cast<double>(run_.operations));
    add_times(figures);
    add_latencies(figures);
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
  uint64_t first_timed_ns_ = 0;
  uint64_t since_ns_ = 0, wall_ns_ = 0;  // while it was timed
  KernelCounts counts_before_;
  uint64_t switches_ = 0, resolved_faults_ = 0;
  NamedCounters counters_;
  std::optional<KernelFaultWatch> kernel_faults_;
  LatencyHistogram faults_;
  int64_t blocks_before_ = 0;  // of files that were there
  MemoryFigures memory_;       // the highest growth of each part
  std::optional<std::string> measure_error_;
};

}  // namespace

CellReport run_cell_body(const Config& config, const Cell& cell, const RunIdentity& identity,
                         const std::filesystem::path& directory, CellChannel& channel, CallLog& log,
                         Trace* trace) {
  const auto not_started = [&](const Error& error) {
    return CellReport{failed_record(identity, refusal(error)), {}};
  };
  const auto spec = load_lab_spec(config, cell, directory, log);
  if (!spec.ok()) return not_started(spec.error());
  auto assembled = Lab::assemble(spec.value(), log);
  if (!assembled.ok()) return not_started(assembled.error());
  const std::unique_ptr<Lab> lab = assembled.take();
  lab->counters().keep_trace(trace);

  // A memfd and a baseline's folder are fresh, and go with the run.
  const bool stays = cell.engine != EngineKind::baseline && has_path(cell.medium);
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
    RunFigures figures = MeasuredRun(cell, *lab, files, channel, timer, trace).run();
    // After an unsafe answer nothing more is asked of the plugins; the next run removes the files.
    if (stays && !figures.failure) {
      if (const auto error = files_of_workload.remove_all()) figures.failure = refusal(*error);
    }
    return figures;
  });
  return report;
}

}  // namespace daxlab
