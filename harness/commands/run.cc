// `daxlab run`: configs to results.
#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "harness/commands/command.h"
#include "harness/commands/load_configs.h"
#include "harness/report/table.h"
#include "harness/run/campaign.h"
#include "harness/run/interruption.h"
#include "harness/run/output_file.h"

namespace daxlab {
namespace {

int fail(int status, const std::string& message) {
  fmt::print(stderr, "daxlab run: {}\n", message);
  return status;
}

// One line on a terminal, written over and over; nothing elsewhere.
class Progress {
 public:
  Progress() : shown_(isatty(STDERR_FILENO) == 1) {}
  ~Progress() {
    if (shown_) fmt::print(stderr, "\r\033[K");
  }
  void show(const CampaignStep& step) const {
    if (!shown_) return;
    fmt::print(stderr, "\r\033[K[{}/{}] {} ({} of {})", step.cell, step.cells,
               step.name.substr(0, 70), step.repetition, step.repetitions);
    std::fflush(stderr);
  }

 private:
  bool shown_;
};

std::string summary(const CampaignResult& result, size_t selected) {
  std::string text =
      fmt::format("{} of {} cells passed", result.cells_run - result.cells_failed, selected);
  if (result.cells_failed != 0) text += fmt::format(", {} failed", result.cells_failed);
  if (result.interrupted) text += ", interrupted";
  return text;
}

int report(const CampaignResult& result, size_t selected, std::optional<OutputFile>& out) {
  const auto records = parse_records(result.document);
  if (!records.ok()) return fail(exit_failed, records.error().message);
  fmt::print("{}\n{}\n", format_tables(records.value()), summary(result, selected));
  if (out) {
    const auto written = out->commit(result.document);
    if (!written.ok()) return fail(exit_failed, written.error().message);
  }
  if (std::fflush(stdout) != 0) return fail(exit_failed, "the results could not be printed");
  if (result.interrupted) return exit_interrupted;
  return result.cells_failed == 0 ? exit_passed : exit_failed;
}

}  // namespace

int run_run(const RunArguments& arguments) {
  auto configs = load_configs(arguments.configs, arguments.overrides, arguments.search_path);
  if (!configs.ok()) return fail(exit_usage, configs.error().message);
  for (Config& config : configs.value()) {
    for (Cell& cell : config.cells) cell.force = arguments.force;
  }
  const auto cells = select_cells(configs.value(), arguments.cells_glob);
  if (!cells.ok()) return fail(exit_usage, cells.error().message);
  if (arguments.list_cells) {
    for (const SelectedCell& selected : cells.value()) fmt::print("{}\n", selected.cell->name());
    return exit_passed;
  }
  std::optional<OutputFile> out;
  if (arguments.out) {
    auto prepared = OutputFile::prepare(*arguments.out);
    if (!prepared.ok()) return fail(exit_usage, "--out " + prepared.error().message);
    out.emplace(prepared.take());
  }
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return fail(exit_failed, interruption.error().message);
  auto result = [&] {
    const Progress progress;
    return run_campaign(
        cells.value(), [&](const CampaignStep& step) { progress.show(step); },
        interruption.value().fd());
  }();
  if (!result.ok()) return fail(exit_failed, result.error().message);
  return report(result.value(), cells.value().size(), out);
}

}  // namespace daxlab
