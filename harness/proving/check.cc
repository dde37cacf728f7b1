#include "harness/proving/check.h"

#include <fmt/format.h>

#include "harness/commands/load_configs.h"
#include "harness/proving/check_lines.h"
#include "harness/proving/check_replay.h"
#include "harness/proving/check_report.h"
#include "harness/proving/check_saved.h"
#include "harness/proving/check_settings.h"
#include "harness/run/interruption.h"
#include "harness/run/output_file.h"
#include "harness/run/progress_line.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

std::string progress_text(const CheckProgress& progress) {
  return fmt::format("[{}/{}] {}  {}", progress.over, progress.all, progress.running,
                     to_text(progress.explored));
}

class CheckedConfigs {
 public:
  CheckedConfigs(const CheckArguments& arguments, const CheckCommandSettings& settings,
                 const std::vector<CheckedCombination>& combinations, bool saves,
                 std::optional<OutputFile> junit)
      : arguments_(arguments),
        settings_(settings),
        combinations_(combinations),
        saves_(saves),
        junit_(std::move(junit)) {}

  int run(int interrupt_fd) {
    const auto start = std::chrono::steady_clock::now();
    if (!arguments_.json) print("{}", heading(combinations_.size(), settings_.check));
    CheckCampaignSettings campaign;
    campaign.check = settings_.check;
    campaign.time_limit = settings_.time_limit;
    campaign.jobs = arguments_.jobs;
    campaign.interrupt_fd = interrupt_fd;
    campaign.on_progress = [this](const CheckProgress& progress) {
      line_.show(progress_text(progress));
    };
    campaign.on_over = [this](const CheckedCombination& checked, const CheckedOutcome& outcome) {
      take(checked, outcome);
    };
    const CheckCampaignEnd end = run_check_campaign(combinations_, campaign);
    line_.clear();
    totals_.time = std::chrono::steady_clock::now() - start;
    totals_.not_begun = combinations_.size() - records_.size();
    totals_.jobs = arguments_.jobs;
    print("{}", arguments_.json ? to_json(records_, totals_, settings_.check)
                                : summary(totals_, settings_.check));
    if (junit_) {
      const auto written = junit_->commit(to_junit(to_junit_cases(records_)));
      if (!written.ok()) return fail("check", exit_failed, written.error().message);
    }
    if (end.stopped) return fail("check", exit_failed, end.stopped->message);
    if (unsaved_) return fail("check", exit_failed, unsaved_->message);
    if (end.interrupted) return exit_interrupted;
    return totals_.failed == 0 ? exit_passed : exit_failed;
  }

 private:
  void take(const CheckedCombination& checked, const CheckedOutcome& outcome) {
    CheckedRecord record{checked.combination->name(), writes_held_to(checked), outcome, {}, {}};
    if (saves_ && (outcome.finding || outcome.ended_in)) {
      save(record, checked, outcome.finding ? *outcome.finding : *outcome.ended_in);
    } else if (outcome.finding || outcome.ended || outcome.error) {
      record.replay = again_line(arguments_, checked);
    }
    count(outcome);
    if (!arguments_.json) {
      line_.clear();
      print("{}", to_text(record));
      send_output();  // the next may take long; whether it worked is asked at the end
    }
    records_.push_back(std::move(record));
  }

  void save(CheckedRecord& record, const CheckedCombination& checked, const CheckFinding& finding) {
    const auto saved = save_finding(arguments_.save, record.name, finding);
    if (!saved.ok()) {
      unsaved_ = saved.error();
      record.replay = again_line(arguments_, checked);
      return;
    }
    record.saved = saved.value().string();
    record.replay = replay_line(arguments_, saved.value());
  }

  void count(const CheckedOutcome& outcome) {
    totals_.explored += outcome.explored;
    if (outcome.explored.exhausted) ++totals_.exhausted;
    if (outcome.interrupted) {
      ++totals_.interrupted;
    } else {
      ++(outcome.passed() ? totals_.passed : totals_.failed);
    }
  }

  const CheckArguments& arguments_;
  const CheckCommandSettings& settings_;
  const std::vector<CheckedCombination>& combinations_;
  ProgressLine line_;
  std::vector<CheckedRecord> records_;
  CheckTotals totals_;
  std::optional<Error> unsaved_;
  bool saves_;  // findings, as files
  std::optional<OutputFile> junit_;
};

}  // namespace

int run_check(const CheckArguments& arguments) {
  const auto settings = read_check_settings(arguments);
  if (!settings.ok()) return fail_to_begin("check", settings.error());
  if (arguments.replay) {
    return run_check_replay(arguments, *arguments.replay, settings.value().time_limit);
  }
  if (const auto error = find_missing_config(arguments)) {
    return fail_to_begin("check", *error);
  }
  const auto unwritable = check_folder(arguments.save);
  if (unwritable && arguments.save_is_given) return fail_to_begin("check", *unwritable);
  const auto configs =
      load_configs(arguments.configs, arguments.overrides, arguments.plugins.search_path());
  if (!configs.ok()) return fail_to_begin("check", configs.error());
  const auto combinations = select_combinations(configs.value(), arguments.combinations_glob);
  if (!combinations.ok()) return fail_to_begin("check", combinations.error());
  if (arguments.list) {
    for (const auto& checked : combinations.value()) {
      print("{}\n", checked.combination->name());
    }
    return exit_passed;
  }
  std::optional<OutputFile> junit;
  if (arguments.junit) {
    auto prepared = OutputFile::prepare(*arguments.junit);
    if (!prepared.ok()) return fail_to_begin("check", prepared.error().prefixed("--junit "));
    junit.emplace(prepared.take());
  }
  if (unwritable) {
    print_error("daxlab check: findings are not saved: {}; --save FOLDER names another\n",
                unwritable->message);
  }
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return fail("check", exit_failed, interruption.error().message);
  return CheckedConfigs(arguments, settings.value(), combinations.value(), !unwritable,
                        std::move(junit))
      .run(interruption.value().fd());
}

}  // namespace daxlab
