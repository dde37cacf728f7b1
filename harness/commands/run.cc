// `daxlab run`: configs to results.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "harness/campaign/campaign.h"
#include "harness/campaign/cell_room.h"
#include "harness/campaign/chosen_plugins.h"
#include "harness/campaign/other_builds.h"
#include "harness/campaign/preflight.h"
#include "harness/campaign/result_document.h"
#include "harness/campaign/run_origin.h"
#include "harness/campaign/shard.h"
#include "harness/commands/run_against.h"
#include "harness/commands/run_arguments.h"
#include "harness/commands/run_cells.h"
#include "harness/commands/run_lines.h"
#include "harness/commands/run_outputs.h"
#include "harness/commands/run_questions.h"
#include "harness/report/csv.h"
#include "harness/report/junit_cells.h"
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

std::string summary(const FinishedRuns::Counts& counts, const CampaignEnd& end) {
  if (counts.cells == 0) return "no cell to run";
  const uint64_t passed = counts.cells_over - counts.cells_failed - counts.cells_skipped;
  std::string text = fmt::format("{} of {} cells passed", passed, counts.cells);
  if (counts.cells_skipped != 0) text += fmt::format(", {} skipped", counts.cells_skipped);
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
  Campaign(const RunArguments& arguments, const RunCells& found, RunOutputs outputs,
           RunQuestions questions)
      : arguments_(arguments),
        matrix_cells_(found.matrix_cells),
        cells_(found.cells),
        outputs_(std::move(outputs)),
        questions_(std::move(questions)),
        runs_(cells_),
        stream_(outputs_.take_stdout() ? stderr : stdout) {}

  std::optional<Error> take_over_earlier() {
    const RecordedRuns* earlier = outputs_.earlier();
    if (earlier == nullptr) return std::nullopt;
    const std::string file = outputs_.earlier_file().string();
    if (const auto error = runs_.take_over(*earlier)) {
      return Error{
          fmt::format("--resume {}: {}; give the options and files of the command that "
                      "began it, or remove the file to start anew",
                      file, error->message)};
    }
    contexts_ = earlier->contexts;
    std::vector<std::string> others = builds_that_are_others();
    if (const auto other = other_origin(*earlier)) others.insert(others.begin(), *other);
    if (others.empty() || *arguments_.resume == "mixed") {
      warn(others);
      return std::nullopt;
    }
    return Error{
        fmt::format("--resume {}: {}: figures of both would stand in one table; go on where it "
                    "began, remove the file to start anew, or insist by --resume=mixed",
                    file, others.front())};
  }

  int run(int interrupt_fd) {
    const FinishedRuns::Counts before = runs_.counts();
    if (arguments_.resume) tell_earlier(before);
    CampaignEnd end;
    if (before.runs_over < before.runs || before.runs == 0) {
      contexts_.push_back(context());
      warn(room_warnings(cells_, arguments_.jobs, "/"));
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
    if (before.runs == 0) return;
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

  std::vector<std::string> builds_that_are_others() const {
    OtherBuilds builds(outputs_.earlier_file());
    for (const auto& [cell, record] : runs_.in_order()) {
      builds.compare(*record, *cells_.at(cell).config);
    }
    return builds.warnings();
  }

  Json context() const {
    Json context = campaign_context(arguments_.jobs);
    if (arguments_.shard) {
      context.set("shard", *arguments_.shard);
      context.set("matrix_cells", std::to_string(matrix_cells_));
    }
    if (arguments_.trace) context.set("traced", "yes: times are longer for it");
    if (!chosen_.empty()) {
      context.set("plugins_not_used", fmt::format("{}", fmt::join(chosen_, "; ")));
    }
    return context;
  }

  CampaignEnd run_missing(int interrupt_fd) {
    ProgressLine line;
    CampaignSettings settings;
    settings.jobs = arguments_.jobs;
    settings.interrupt_fd = interrupt_fd;
    settings.on_progress = [&](const CampaignProgress& progress) {
      line.show(progress_text(progress));
    };
    settings.progress_interval = ProgressLine::usual_interval;
    settings.trace = outputs_.trace();
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
    for (const auto& [cell, record] : runs_.in_order()) {
      document.add(*record, cells_.at(cell).place);
    }
    return document.text();
  }

  // Files first: a terminal that is gone must not cost them.
  std::optional<Error> write(const std::vector<ResultRecord>& records) {
    const FinishedRuns::Counts counts = runs_.counts();
    if (counts.records == 0 && counts.runs != 0) {
      outputs_.give_up();
      return std::nullopt;
    }
    return outputs_.commit({document(), format_csv(records), junit(records)},
                           counts.runs_over == counts.runs);
  }

  std::string junit(const std::vector<ResultRecord>& records) const {
    std::vector<JunitCase> cases = junit_cells(records, alone());
    for (size_t cell = 0; cell < cells_.size(); ++cell) {
      if (runs_.is_over(cell)) continue;
      const std::string name = cells_[cell].cell->name();
      const auto there = std::ranges::find(cases, name, &JunitCase::name);
      if (there != cases.end()) {
        there->skipped = "its repetitions were interrupted";
      } else {
        cases.push_back({group_of(cells_[cell]), name, 0, {}, "not run: interrupted before"});
      }
    }
    return to_junit(cases);
  }

  AloneLine alone() const {
    return [this](const ResultRecord& record) {
      return alone_line(arguments_, cells_.at(static_cast<size_t>(record.family_index)));
    };
  }

  void show(const CampaignEnd& end, const std::vector<ResultRecord>& records) const {
    const FinishedRuns::Counts counts = runs_.counts();
    for (const std::string& line : chosen_) print_text("{}\n", line);
    print_text("{}\n{}\n", format_tables(records, alone(), questions_.columns()),
               summary(counts, end));
    if (arguments_.jobs > 1) {
      print_text("up to {} cells ran at once: times disturb each other\n", arguments_.jobs);
    }
    if (outputs_.trace() != nullptr) {
      print_text("traced: times are longer for it{}\n", outputs_.trace()->gaps_text());
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
  const size_t matrix_cells_;
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
  const auto found = find_run_cells(arguments);
  if (!found.ok()) return fail_to_begin("run", found.error());
  const std::vector<SelectedCell>& cells = found.value().cells;
  warn(found.value().warnings);
  if (arguments.list_cells) {
    for (const SelectedCell& selected : cells) print("{}\n", selected.cell->name());
    return exit_passed;
  }
  if (const auto error = check_cpus(cells)) return fail_to_begin("run", *error);
  if (const auto error = check_filters(cells)) {
    return fail_to_begin("run", *error);
  }
  if (const auto error = check_outputs(arguments, cells)) {
    return fail_to_begin("run", *error);
  }
  if (const auto error = check_against(arguments)) return fail_to_begin("run", *error);
  if (arguments.against) {
    warn(room_warnings(cells, 1, "/"));
    return run_against(arguments, cells, found.value().configs.front().seed);
  }
  auto outputs = RunOutputs::prepare(arguments);
  if (!outputs.ok()) return fail_to_begin("run", outputs.error());
  auto questions = RunQuestions::prepare(arguments);
  if (!questions.ok()) return fail_to_begin("run", questions.error());
  Campaign campaign(arguments, found.value(), outputs.take(), questions.take());
  if (const auto error = campaign.take_over_earlier()) {
    return fail_to_begin("run", *error);
  }
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return fail("run", exit_failed, interruption.error().message);
  return campaign.run(interruption.value().fd());
}

}  // namespace daxlab
