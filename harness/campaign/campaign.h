// All runs of the selected cells, each in a process of its own, one after the other or some at
// once.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/finished_runs.h"
#include "harness/run/trace_file.h"

namespace daxlab {

struct CampaignProgress {
  uint64_t runs_over = 0;
  uint64_t runs = 0;
  std::vector<std::string> running;  // names of cells
};

struct CampaignSettings {
  uint64_t jobs = 1;  // so many processes at once, at most
  // Becomes readable when the campaign shall stop (a signalfd); -1 for never. Not read here.
  int interrupt_fd = -1;
  // Called whenever a run begins or is over, and else after each interval.
  std::function<void(const CampaignProgress&)> on_progress = [](const CampaignProgress&) {};
  std::chrono::nanoseconds progress_interval = std::chrono::hours(1);
  // Where a record is kept as soon as it is there. Its error ends the campaign.
  std::function<std::optional<Error>(const RunRecord&)> keep = [](const RunRecord&) {
    return std::optional<Error>();
  };
  // Where runs are traced, each as soon as it is over; nullptr: they are not. An error ends the
  // campaign.
  TraceFile* trace = nullptr;
};

// Why a campaign ended before all runs were over; neither: they are.
struct CampaignEnd {
  bool interrupted = false;
  std::optional<Error> stopped;  // no process could be started, or a record not kept
};

// Adds what is missing to `runs`, in the order of plan_runs. A cell's first failure ends its
// repetitions. Cells that use the same region file run one after the other. Runs that were not over
// when the campaign ends leave nothing. The caller has one thread.
CampaignEnd run_campaign(const std::vector<SelectedCell>& cells, const CampaignSettings& settings,
                         FinishedRuns& runs);

}  // namespace daxlab
