#include "harness/pairs/pair_runs.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/campaign/campaign.h"
#include "harness/pairs/pair_table.h"

namespace daxlab {
namespace {

std::string delivery_of(const RunRecord& record) {
  const auto entry =
      std::find_if(record.context->begin(), record.context->end(),
                   [](const auto& known) { return known.first == "fault_delivery"; });
  return entry == record.context->end() ? "" : entry->second;
}

// The rows, to be run with another seed.
std::vector<Config> with_seed(const std::vector<SelectedCell>& rows, uint64_t seed) {
  std::vector<Config> configs;
  for (const SelectedCell& row : rows) {
    Config& config = configs.emplace_back(*row.config);
    config.seed = seed;
    config.cells = {*row.cell};
    config.cells.front().seed = seed;
  }
  return configs;
}

}  // namespace

std::optional<std::string> what_is_wrong(const RunRecord& record) {
  if (record.failed()) return record.result.failure;
  const double operations = record.result.counter("operations").value_or(0);
  if (operations < fewest_operations) {
    return fmt::format("did {} operations, of which {} were expected at least", operations,
                       fewest_operations);
  }
  const std::string delivery = delivery_of(record);
  if (record.cell->config["userfaultfd"] == "forbidden" && delivery != "SIGSEGV alone") {
    return fmt::format("userfaultfd was forbidden, but faults came by '{}'", delivery);
  }
  return std::nullopt;
}

PairRunsEnd run_pairs(const PairRunsSpec& spec) {
  PairRunsEnd end;
  CampaignSettings settings;
  settings.jobs = spec.jobs;
  settings.interrupt_fd = spec.interrupt_fd;
  settings.keep = [&](const RunRecord& record) {
    ++end.counts.ran;
    const std::string delivery = delivery_of(record);
    if (!delivery.empty()) ++end.counts.by_delivery[delivery];
    if (const auto what = what_is_wrong(record)) {
      ++end.counts.failed;
      spec.on_failure(record, *what);
    }
    return std::optional<Error>();
  };
  for (uint64_t turn = 0; turn < spec.seeds; ++turn) {
    const uint64_t seed = spec.first_seed + turn;
    const std::vector<Config> configs = with_seed(spec.rows, seed);
    std::vector<SelectedCell> cells;
    for (const Config& config : configs) cells.push_back({&config, &config.cells.front()});
    FinishedRuns runs(cells);
    const CampaignEnd campaign = run_campaign(cells, settings, runs);
    end.interrupted = campaign.interrupted;
    end.stopped = campaign.stopped;
    if (end.interrupted || end.stopped) return end;
    if (end.counts.ran != (turn + 1) * spec.rows.size()) {
      end.stopped =
          Error{fmt::format("with seed {} not every cell has run: {} in all, where {} "
                            "were due",
                            seed, end.counts.ran, (turn + 1) * spec.rows.size())};
      return end;
    }
    spec.on_seed(seed, end.counts);
  }
  return end;
}

}  // namespace daxlab
