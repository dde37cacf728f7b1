#include "harness/campaign/campaign.h"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>

#include "harness/run/cell_run.h"

namespace daxlab {
namespace {

// What two cells must not use at once: a region file, whatever it is called. Empty: nothing.
std::string exclusive_resource(const Cell& cell) {
  if (cell.engine == EngineKind::baseline || cell.medium != MediumKind::file) return {};
  std::error_code unresolved;
  const std::filesystem::path path =
      std::filesystem::weakly_canonical(cell.region_path, unresolved);
  return unresolved ? cell.region_path.string() : path.string();
}

class Campaign {
 public:
  Campaign(const std::vector<SelectedCell>& cells, const CampaignSettings& settings,
           FinishedRuns& runs)
      : cells_(cells), settings_(settings), runs_(runs), pending_(plan_runs(cells)) {
    for (const SelectedCell& selected : cells) {
      resources_.push_back(exclusive_resource(*selected.cell));
    }
  }

  CampaignEnd run() {
    for (;;) {
      start_cells();
      if (end_.stopped || running_.empty()) break;
      wait();
      if (is_interrupted()) {
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
  };

  RunIdentity identity_of(const PlannedRun& run) const {
    const Cell& cell = *cells_[run.cell].cell;
    return {cell.name(), static_cast<int64_t>(run.cell), static_cast<int64_t>(run.repetition),
            static_cast<int64_t>(cell.repetitions), static_cast<int64_t>(cell.threads)};
  }

  bool is_in_use(const std::string& resource) const {
    return !resource.empty() &&
           std::any_of(running_.begin(), running_.end(), [&](const Running& running) {
             return resources_[running.run.cell] == resource;
           });
  }

  void start_cells() {
    std::erase_if(pending_, [&](const PlannedRun& run) {
      return runs_.has(run) || runs_.has_failed(run.cell);
    });
    while (running_.size() < settings_.jobs) {
      const auto next = std::find_if(pending_.begin(), pending_.end(), [&](const PlannedRun& run) {
        return !is_in_use(resources_[run.cell]);
      });
      if (next == pending_.end() || !start(*next)) return;
      pending_.erase(next);
      show_progress();
    }
  }

  bool start(const PlannedRun& run) {
    const auto& [config, cell] = cells_[run.cell];
    auto started = RunningCell::start(*config, *cell, identity_of(run));
    if (started.ok()) {
      running_.push_back({run, started.take()});
      return true;
    }
    // Others give back what this one lacks.
    if (running_.empty()) end_.stopped = started.error();
    return false;
  }

  void wait() const {
    std::vector<pollfd> waits = {{settings_.interrupt_fd, POLLIN, 0}};
    auto deadline = CellProcess::Clock::time_point::max();
    for (const Running& running : running_) {
      const auto more = running.cell->waits();
      waits.insert(waits.end(), more.begin(), more.end());
      deadline = std::min(deadline, running.cell->deadline());
    }
    poll(waits.data(), waits.size(), poll_wait_ms(deadline));  // EINTR: looked at all the same
  }

  bool is_interrupted() const {
    pollfd asked{settings_.interrupt_fd, POLLIN, 0};
    return poll(&asked, 1, 0) == 1;
  }

  void serve_cells() {
    for (size_t i = 0; i < running_.size();) {
      const auto report = running_[i].cell->serve();
      if (!report) {
        ++i;
        continue;
      }
      // Ctrl-C reaches the cells of a terminal, too: what died of it has not failed.
      if (report->record.failure && is_interrupted()) {
        end_.interrupted = true;
        return;
      }
      finish(running_[i].run.cell, *report);
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
      if (end_.stopped) return;
      show_progress();
    }
  }

  void finish(size_t cell, const CellReport& report) {
    RunRecord record = make_record(cells_[cell], report);
    end_.stopped = settings_.keep(record);
    runs_.add(cell, std::move(record));
  }

  void show_progress() const {
    const FinishedRuns::Counts counts = runs_.counts();
    CampaignProgress progress{counts.runs_over, counts.runs, {}};
    for (const Running& running : running_) {
      progress.running.push_back(cells_[running.run.cell].cell->name());
    }
    settings_.on_progress(progress);
  }

  const std::vector<SelectedCell>& cells_;
  const CampaignSettings& settings_;
  FinishedRuns& runs_;
  std::vector<PlannedRun> pending_;
  std::vector<std::string> resources_;  // by cell
  std::vector<Running> running_;
  CampaignEnd end_;
};

}  // namespace

CampaignEnd run_campaign(const std::vector<SelectedCell>& cells, const CampaignSettings& settings,
                         FinishedRuns& runs) {
  return Campaign(cells, settings, runs).run();
}

}  // namespace daxlab
