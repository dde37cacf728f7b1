// `daxlab run`: configs to results.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdio>
#include <utility>

#include "harness/campaign/campaign.h"
#include "harness/campaign/chosen_plugins.h"
#include "harness/campaign/other_builds.h"
#include "harness/campaign/preflight.h"
#include "harness/campaign/result_document.h"
#include "harness/commands/load_configs.h"
#include "harness/commands/recorded_configs.h"
#include "harness/commands/run_against.h"
#include "harness/commands/run_arguments.h"
#include "harness/commands/run_lines.h"
#include "harness/commands/run_outputs.h"
#include "harness/commands/run_questions.h"
#include "harness/report/csv.h"
#include "harness/report/table.h"
#include "harness/run/interruption.h"
#include "harness/run/progress_line.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

void warn(const std::vector<std::string>& warnings) {
  for (const std::string& warning : warnings) {
    print_error("daxlab run: warning: {}\n", warning);
  }
}

std::string progress_text(const CampaignProgress& progress) {
  std::string names;
  const size_t room = progress.running.empty() ? 0 : 70 / progress.running.size();
  for (const std::string& name : progress.running) names += " " + name.substr(0, room);
  return fmt::format("[{}/{}]{}", progress.runs_over, progress.runs, names.substr(0, 75));
}

// What the line says of the config: the switch is a word for an override.
std::vector<std::string> overrides_of(const RunArguments& arguments) {
  std::vector<std::string> overrides = arguments.overrides;
  if (arguments.no_userfaultfd) overrides.emplace_back("userfaultfd=forbidden");
  return overrides;
}

ErrorOr<std::vector<Config>> configs_of(const RunArguments& arguments) {
  const SearchPath search_path = arguments.plugins.search_path();
  const std::vector<std::string> overrides = overrides_of(arguments);
  if (!arguments.from_result) {
    if (arguments.configs.empty()) {
      return Error{"expected a config: daxlab run CONFIG.yaml, or --from-result FILE.json"};
    }
    return load_configs(arguments.configs, overrides, search_path);
  }
  if (!arguments.configs.empty()) {
    return Error{
        fmt::format("--from-result {}: takes cells from that file, and no config besides; "
                    "leave out {}",
                    *arguments.from_result, arguments.configs.front())};
  }
  auto recorded = load_recorded_configs(*arguments.from_result, overrides, search_path);
  if (!recorded.ok()) return recorded.error().prefixed("--from-result ");
  warn(recorded.value().warnings);
  return std::move(recorded.value().configs);
}

std::string summary(const FinishedRuns::Counts& counts, const CampaignEnd& end) {
  std::string text =
      fmt::format("{} of {} cells passed", counts.cells_over - counts.cells_failed, counts.cells);
  if (counts.cells_failed != 0) text += fmt::format(", {} failed", counts.cells_failed);
  if (counts.runs_over < counts.runs) {
    text += fmt::format(", {} after {} of {} runs", end.interrupted ? "interrupted" : "ended",
                        counts.runs_over, counts.runs);
  }
  return text;
}

// One campaign, from what is known of it to what is shown.
class Campaign {
 public:
  Campaign(const RunArguments& arguments, const std::vector<SelectedCell>& cells,
           RunOutputs outputs, RunQuestions questions)
      : arguments_(arguments),
        cells_(cells),
        outputs_(std::move(outputs)),
        questions_(std::move(questions)),
        runs_(cells),
        stream_(outputs_.take_stdout() ? stderr : stdout) {}

  std::optional<Error> take_over_earlier() {
    const RecordedRuns* earlier = outputs_.earlier();
    if (earlier == nullptr) return std::nullopt;
    if (const auto error = runs_.take_over(*earlier)) {
      return Error{
          fmt::format("--resume {}: {}; give the options and files of the command that "
                      "began it, or remove the file to start anew",
                      outputs_.earlier_file().string(), error->message)};
    }
    contexts_ = earlier->contexts;
    warn_of_other_builds();
    return std::nullopt;
  }

  int run(int interrupt_fd) {
    const FinishedRuns::Counts before = runs_.counts();
    if (arguments_.resume) tell_earlier(before);
    CampaignEnd end;
    if (before.runs_over < before.runs) {
      contexts_.push_back(campaign_context(arguments_.jobs));
      if (!chosen_.empty()) {
        contexts_.back().set("plugins_not_used", fmt::format("{}", fmt::join(chosen_, "; ")));
      }
      end.stopped = outputs_.begin(contexts_.back());
      if (!end.stopped) end = run_missing(interrupt_fd);
    }
    return report(end);
  }

 private:
  template <class... Values>
  void print_text(fmt::format_string<Values...> format, Values&&... values) const {
    print_to(stream_, fmt::format(format, std::forward<Values>(values)...));
  }

  void tell_earlier(const FinishedRuns::Counts& before) const {
    if (before.records == 0) {
      print_text("nothing to go on with: begins anew\n");
    } else if (before.runs_over == before.runs) {
      print_text("all {} runs are in {}: nothing to do\n", before.records,
                 outputs_.earlier_file().string());
    } else {
      print_text("goes on after {} of {} runs\n", before.runs_over, before.runs);
    }
    send_output();
  }

  // Times of two builds would stand in one table.
  void warn_of_other_builds() const {
    OtherBuilds builds(outputs_.earlier_file());
    for (const auto& [cell, record] : runs_.in_order()) {
      builds.compare(*record, *cells_.at(cell).config);
    }
    warn(builds.warnings());
  }

  CampaignEnd run_missing(int interrupt_fd) {
    const ProgressLine line;
    CampaignSettings settings;
    settings.jobs = arguments_.jobs;
    settings.interrupt_fd = interrupt_fd;
    settings.on_progress = [&](const CampaignProgress& progress) {
      line.show(progress_text(progress));
    };
    settings.keep = [&](const RunRecord& record) { return outputs_.keep(record); };
    return run_campaign(cells_, settings, runs_);
  }

  std::string document() const {
    ResultDocument document;
    for (const Json& context : contexts_) document.add_context(context);
    const FinishedRuns::Counts counts = runs_.counts();
    if (counts.runs_over < counts.runs) {
      document.add_context(
          {{"interrupted", fmt::format("{} of {} runs", counts.runs_over, counts.runs)}});
    }
    for (const auto& [cell, record] : runs_.in_order()) document.add(*record, cell);
    return document.text();
  }

  // Files first: a terminal that is gone must not cost them.
  std::optional<Error> write(const std::vector<ResultRecord>& records) {
    const FinishedRuns::Counts counts = runs_.counts();
    if (counts.records == 0) {
      outputs_.give_up();
      return std::nullopt;
    }
    return outputs_.commit(document(), format_csv(records), counts.runs_over == counts.runs);
  }

  void show(const CampaignEnd& end, const std::vector<ResultRecord>& records) const {
    const AloneLine alone = [&](const ResultRecord& record) {
      return alone_line(arguments_, cells_.at(static_cast<size_t>(record.family_index)));
    };
    const FinishedRuns::Counts counts = runs_.counts();
    for (const std::string& line : chosen_) print_text("{}\n", line);
    print_text("{}\n{}\n",
               format_tables(records, alone, questions_.columns(), machine_of(contexts_)),
               summary(counts, end));
    if (arguments_.jobs > 1) {
      print_text("up to {} cells ran at once: times disturb each other\n", arguments_.jobs);
    }
    if (counts.runs_over == counts.runs) return;
    if (outputs_.keep_runs()) {
      print_text("to go on: {}\n", resume_line(arguments_));
    } else {
      print_text(
          "what had finished is not kept: with --out FILE.json it would be, and --resume "
          "would go on\n");
    }
  }

  int report(const CampaignEnd& end) {
    const std::vector<ResultRecord> records = runs_.results();
    const auto unwritten = write(records);
    show(end, records);
    if (unwritten) return fail("run", exit_failed, unwritten->message);
    if (end.stopped) return fail("run", exit_failed, end.stopped->message);
    if (!end.interrupted && !questions_.answer(records, stream_)) return exit_failed;
    if (end.interrupted) return exit_interrupted;
    return runs_.counts().cells_failed == 0 ? exit_passed : exit_failed;
  }

  const RunArguments& arguments_;
  const std::vector<SelectedCell>& cells_;
  RunOutputs outputs_;
  RunQuestions questions_;
  FinishedRuns runs_;
  std::FILE* const stream_;  // where people read
  std::vector<Json> contexts_;
  const std::vector<std::string> chosen_ = chosen_among_several(cells_);
};

}  // namespace

int run_run(const RunArguments& arguments) {
  auto configs = configs_of(arguments);
  if (!configs.ok()) return fail_to_begin("run", configs.error());
  for (Config& config : configs.value()) {
    for (Cell& cell : config.cells) cell.force = arguments.force;
  }
  const auto cells = select_cells(configs.value(), arguments.cells_glob);
  if (!cells.ok()) return fail_to_begin("run", cells.error());
  if (arguments.list_cells) {
    for (const SelectedCell& selected : cells.value()) print("{}\n", selected.cell->name());
    return exit_passed;
  }
  if (const auto error = check_cpus(cells.value())) return fail_to_begin("run", *error);
  if (const auto error = check_filters(cells.value())) {
    return fail_to_begin("run", *error);
  }
  if (const auto error = check_outputs(arguments, cells.value())) {
    return fail_to_begin("run", *error);
  }
  if (const auto error = check_against(arguments)) return fail_to_begin("run", *error);
  if (arguments.against) {
    return run_against(arguments, cells.value(), configs.value().front().seed);
  }
  auto outputs = RunOutputs::prepare(arguments);
  if (!outputs.ok()) return fail_to_begin("run", outputs.error());
  auto questions = RunQuestions::prepare(arguments);
  if (!questions.ok()) return fail_to_begin("run", questions.error());
  Campaign campaign(arguments, cells.value(), outputs.take(), questions.take());
  if (const auto error = campaign.take_over_earlier()) {
    return fail_to_begin("run", *error);
  }
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return fail("run", exit_failed, interruption.error().message);
  return campaign.run(interruption.value().fd());
}

}  // namespace daxlab
