#include "harness/run/campaign.h"

#include "harness/run/cell_run.h"
#include "harness/run/result_document.h"

namespace daxlab {
namespace {

// Adds a run's record; a document that cannot be used becomes a record of that.
bool add_run(ResultDocument& document, const CellRun& run, const RunIdentity& identity) {
  document.add_context(run.context);
  const auto added = document.add(run.document);
  if (added.ok()) return !run.failure;
  if (!document.add(failed_benchmark(identity, added.error().message)).ok()) std::abort();
  return false;
}

}  // namespace

ErrorOr<CampaignResult> run_campaign(const std::vector<SelectedCell>& cells,
                                     const std::function<void(const CampaignStep&)>& on_step,
                                     int interrupt_fd) {
  ResultDocument document;
  document.add_context(machine_facts());
  CampaignResult result;
  for (size_t index = 0; index < cells.size() && !result.interrupted; ++index) {
    const auto& [config, cell] = cells[index];
    bool passed = true;
    for (uint64_t repetition = 0; repetition < cell->repetitions && passed; ++repetition) {
      const RunIdentity identity = {
          cell->name(), static_cast<int64_t>(index), static_cast<int64_t>(repetition),
          static_cast<int64_t>(cell->repetitions), static_cast<int64_t>(cell->threads)};
      on_step({index + 1, cells.size(), repetition + 1, cell->repetitions, identity.name});
      const auto run = run_cell(*config, *cell, identity, interrupt_fd);
      if (!run.ok()) return run.error();
      result.interrupted = run.value().interrupted;
      if (result.interrupted) break;
      passed = add_run(document, run.value(), identity);
    }
    if (result.interrupted) break;
    ++result.cells_run;
    if (!passed) ++result.cells_failed;
  }
  result.document = document.text();
  return result;
}

}  // namespace daxlab
