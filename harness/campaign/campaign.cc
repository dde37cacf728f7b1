#include "harness/campaign/campaign.h"

#include <fmt/format.h>
#include <malloc.h>

#include <algorithm>
#include <memory>
#include <tuple>

#include "harness/campaign/exclusive_resources.h"
#include "harness/campaign/run_origin.h"
#include "harness/campaign/run_queue.h"
#include "harness/run/cell_run.h"

namespace daxlab {
namespace {

class Campaign {
 public:
  Campaign(const std::vector<SelectedCell>& cells, const CampaignSettings& settings,
           FinishedRuns& runs)
      : cells_(cells),
        settings_(settings),
        runs_(runs),
        queue_(plan_runs(cells), exclusive_resources(cells),
               [&runs](const PlannedRun& run) {
                 return !runs.has(run) && !runs.has_failed(run.cell);
               }),
        recorded_cells_(cells.size()) {}

  CampaignEnd run() {
    malloc_trim(0);  // what reading has freed: each fork would copy the page tables of it
    for (;;) {
      start_cells();
      if (end_.stopped || running_.empty()) break;
      if (wait()) {
        end_.interrupted = true;
        break;
      }
      serve_cells();
      if (end_.interrupted || end_.stopped) break;
    }
    running_.clear();
    return end_;
  }

 private:
  struct Running {
    PlannedRun run;
    std::unique_ptr<RunningCell> cell;
    bool is_due = false;  // there is something to serve
  };

  RunIdentity identity_of(const PlannedRun& run) const {
    const Cell& cell = *cells_[run.cell].cell;
    return {cell.name(), static_cast<int64_t>(run.cell), static_cast<int64_t>(run.repetition),
            static_cast<int64_t>(cell.repetitions), static_cast<int64_t>(cell.threads)};
  }

  void start_cells() {
    while (running_.size() < settings_.jobs) {
      const auto next = queue_.next();
      if (!next || !start(*next)) return;
      queue_.begin(*next);
      show_progress();
    }
  }

  bool start(const PlannedRun& run) {
    const SelectedCell& selected = cells_[run.cell];
    auto started = start_cell(selected, identity_of(run));
    if (started.ok()) {
      running_.push_back({run, started.take()});
      return true;
    }
    // Others give back what this one lacks.
    if (running_.empty()) end_.stopped = started.error();
    return false;
  }

  ErrorOr<std::unique_ptr<RunningCell>> start_cell(const SelectedCell& selected,
                                                   const RunIdentity& identity) const {
    std::unique_ptr<CellTrace> trace;
    if (settings_.trace != nullptr) {
      auto made = CellTrace::make();
      if (!made.ok()) return made.error();
      trace = made.take();
    }
    return RunningCell::start(*selected.config, *selected.cell, identity, std::move(trace));
  }

  // True: interrupted.
  bool wait() {
    std::vector<pollfd> waits = {{settings_.interrupt_fd, POLLIN, 0}};
    auto deadline = next_progress_;
    for (const Running& running : running_) {
      const auto more = running.cell->waits();
      waits.insert(waits.end(), more.begin(), more.end());
      deadline = std::min(deadline, running.cell->deadline());
    }
    // EINTR, or whatever it is: all are looked at then.
    const bool unknown = poll(waits.data(), waits.size(), poll_wait_ms(deadline)) < 0;
    const auto now = CellProcess::Clock::now();
    if (now >= next_progress_) show_progress();
    auto of_cell = waits.begin() + 1;
    for (Running& running : running_) {
      const auto end = of_cell + std::tuple_size<decltype(running.cell->waits())>();
      const bool is_ready =
          std::any_of(of_cell, end, [](const pollfd& wait) { return wait.revents != 0; });
      running.is_due = unknown || is_ready || now >= running.cell->deadline();
      of_cell = end;
    }
    return waits.front().revents != 0;
  }

  bool is_interrupted() const {
    pollfd asked{settings_.interrupt_fd, POLLIN, 0};
    return poll(&asked, 1, 0) == 1;
  }

  void serve_cells() {
    for (size_t i = 0; i < running_.size();) {
      const auto report = running_[i].is_due ? running_[i].cell->serve() : std::nullopt;
      if (!report) {
        ++i;
        continue;
      }
      // Ctrl-C reaches the cells of a terminal, too: what died of it has not failed.
      if (report->record.failure && is_interrupted()) {
        end_.interrupted = true;
        return;
      }
      finish(running_[i], *report);
      queue_.end(running_[i].run);
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
      if (end_.stopped) return;
      show_progress();
    }
  }

  void finish(const Running& running, CellReport report) {
    const size_t cell = running.run.cell;
    report.context.insert(report.context.end(), origin_.begin(), origin_.end());
    if (recorded_cells_[cell] == nullptr) recorded_cells_[cell] = record_cell(cells_[cell]);
    RunRecord record = make_record(recorded_cells_[cell], report);
    end_.stopped = settings_.keep(record);
    runs_.add(cell, std::move(record));
    const CellTrace* const trace = running.cell->trace();
    if (trace == nullptr || end_.stopped) return;
    const std::string name = cells_[cell].cell->name();
    end_.stopped = settings_.trace->add(
        {trace->process(), fmt::format("{} run {}", name, running.run.repetition + 1)},
        trace->trace());
  }

  void show_progress() {
    next_progress_ = CellProcess::Clock::now() + settings_.progress_interval;
    const FinishedRuns::Counts& counts = runs_.counts();
    CampaignProgress progress{counts.runs_over, counts.runs, {}};
    for (const Running& running : running_) {
      progress.running.push_back(cells_[running.run.cell].cell->name());
    }
    settings_.on_progress(progress);
  }

  const std::vector<SelectedCell>& cells_;
  const CampaignSettings& settings_;
  FinishedRuns& runs_;
  RunQueue queue_;
  std::vector<std::shared_ptr<const RecordedCell>> recorded_cells_;  // null: of no run yet
  const ContextEntries origin_ = origin_here();
  std::vector<Running> running_;
  CellProcess::Clock::time_point next_progress_;
  CampaignEnd end_;
};

}  // namespace

CampaignEnd run_campaign(const std::vector<SelectedCell>& cells, const CampaignSettings& settings,
                         FinishedRuns& runs) {
  return Campaign(cells, settings, runs).run();
}

}  // namespace daxlab
