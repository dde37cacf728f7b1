#include "harness/proving/check_replay.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>

#include <algorithm>

#include "core/base/json.h"
#include "harness/campaign/recorded_runs.h"
#include "harness/check/case_file.h"
#include "harness/proving/check_answers.h"
#include "harness/proving/check_process.h"
#include "harness/proving/check_report.h"
#include "harness/run/interruption.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

int refuse_replay(int status, const std::string& message) {
  return fail("check", status, "--replay " + message);
}

// More than a case may have: whatever else it is, it is none.
std::optional<Error> check_size(const std::filesystem::path& file) {
  std::error_code none;
  const uintmax_t bytes = std::filesystem::file_size(file, none);
  if (none || bytes <= most_case_bytes) return std::nullopt;
  return Error{fmt::format("{}: is larger than {} bytes, the most a case may have", file.string(),
                           most_case_bytes)};
}

ErrorOr<CheckFinding> read_case(const std::filesystem::path& file) {
  std::error_code none;
  if (std::filesystem::exists(file, none) && !std::filesystem::is_regular_file(file, none)) {
    return Error{file.string() + ": is no file"};
  }
  if (auto error = check_size(file)) return *error;
  const auto text = read_whole_file(file);
  if (!text.ok()) return text.error();
  return parse_case(text.value(), file);
}

// The config of the case, with its one combination.
ErrorOr<Config> read_config(const std::filesystem::path& file, const Case& shown,
                            const CheckArguments& arguments) {
  Registry registry(arguments.plugins.search_path());
  auto config =
      load_config_text(file.string() + ": config", shown.config, arguments.overrides, registry);
  if (!config.ok()) return config.error();
  if (config.value().combinations.size() != 1) {
    return Error{fmt::format("{}: config: expected one combination of strategies, found {}",
                             file.string(), config.value().combinations.size())};
  }
  return config;
}

// "alloc plugin 'mine' (/path/mine.so)": those that the case was made with, and that are others
// now.
std::vector<std::string> changed_plugins(const Case& shown, const CheckedCombination& checked) {
  std::vector<std::string> changed;
  const std::vector<CasePlugin> plugins = case_plugins(checked);
  for (const PluginKind kind : plugin_kinds) {
    const auto of_kind = [&](const CasePlugin& plugin) { return plugin.kind == name_of(kind); };
    const auto now = std::ranges::find_if(plugins, of_kind);
    const auto then = std::ranges::find_if(shown.plugins, of_kind);
    if (now == plugins.end() || then == shown.plugins.end()) continue;
    // One of another name was put in its place, which is no surprise.
    if (then->name != now->name || then->content_hash == now->content_hash) continue;
    changed.push_back(plugin_line(checked, kind));
  }
  return changed;
}

struct Replayed {
  std::vector<std::string> changed;  // plugins
  bool interrupted = false;
  std::optional<std::string> ended;
  std::optional<Error> error;
  ReplayReport report;
  bool is_broken() const { return ended || report.verdict; }
};

Replayed replay_in_process(const CheckedCombination& checked, const Case& shown,
                           std::chrono::nanoseconds time_limit, int interrupt_fd) {
  Replayed replayed;
  const auto process = CheckProcess::start(
      checked, time_limit, {},
      [&](const CheckSubject& subject, CellChannel&) { return encode(replay(subject, shown)); });
  if (!process.ok()) {
    replayed.error = process.error();
    return replayed;
  }
  CellProcess& running = process.value()->process();
  std::optional<CellOutcome> outcome;
  while (!outcome && !replayed.interrupted) {
    const auto own = running.waits();
    std::array<pollfd, 4> waits = {own[0], own[1], own[2], {interrupt_fd, POLLIN, 0}};
    poll(waits.data(), waits.size(), poll_wait_ms(running.deadline()));  // EINTR: asked again
    replayed.interrupted = waits[3].revents != 0;
    outcome = running.serve();
  }
  if (replayed.interrupted) return replayed;
  if (outcome->failure) {
    replayed.ended = end_of_process(*outcome);
    return replayed;
  }
  auto report = decode_replay_report(*outcome->result);
  if (report.ok()) {
    replayed.report = report.take();
  } else {
    replayed.error = report.error();
  }
  return replayed;
}

std::string to_text(const std::string& name, const CheckFinding& finding,
                    const Replayed& replayed) {
  std::string text = fmt::format("{}  {}\n", name, replayed.is_broken() ? "BROKEN" : "passed");
  for (const std::string& plugin : replayed.changed) {
    text += fmt::format("  changed:   {} is not the one of the case\n", plugin);
  }
  if (replayed.ended) return text + fmt::format("  seen:      {}\n", *replayed.ended);
  if (replayed.report.verdict) {
    return text + finding_lines(*replayed.report.verdict, replayed.report.story);
  }
  text +=
      fmt::format("  this run does not break the promise of {} any more; others may: check again\n",
                  name_of(finding.verdict.judge));
  for (size_t i = 0; i < replayed.report.story.size(); ++i) {
    text += fmt::format("  {:10} {}\n", i == 0 ? "story:" : "", replayed.report.story[i]);
  }
  return text;
}

std::string to_json(const std::string& name, const CheckFinding& finding,
                    const Replayed& replayed) {
  Json document = {{"name", name},
                   {"outcome", replayed.ended         ? "ended"
                               : replayed.is_broken() ? "broken"
                                                      : "passed"}};
  document.set("recorded_judge", name_of(finding.verdict.judge));
  document.set("changed_plugins", replayed.changed);
  if (replayed.ended) document.set("ended", *replayed.ended);
  if (const auto& verdict = replayed.report.verdict) {
    document.set("finding", {{"judge", name_of(verdict->judge)},
                             {"promise", promise_of(verdict->judge)},
                             {"expected", verdict->expected},
                             {"seen", verdict->seen},
                             {"where", verdict->where}});
  }
  document.set("story", replayed.report.story);
  return document.dump(2) + "\n";
}

}  // namespace

int run_check_replay(const CheckArguments& arguments, const std::filesystem::path& file,
                     std::chrono::nanoseconds time_limit) {
  if (!arguments.configs.empty()) {
    return refuse_replay(exit_usage, fmt::format("{}: the case has its own config; leave out {}",
                                                 file.string(), arguments.configs.front()));
  }
  if (!arguments.not_for_replay.empty()) {
    return refuse_replay(exit_usage,
                         fmt::format("{}: the case says what is run, and nothing is saved; "
                                     "leave out {}",
                                     file.string(), fmt::join(arguments.not_for_replay, ", ")));
  }
  const auto finding = read_case(file);
  if (!finding.ok()) return refuse_replay(exit_usage, finding.error().message);
  const Case& shown = finding.value().shown_by;
  const auto config = read_config(file, shown, arguments);
  if (!config.ok()) return refuse_replay(exit_usage, config.error().message);
  const auto interruption = Interruption::catch_signals();
  if (!interruption.ok()) return refuse_replay(exit_failed, interruption.error().message);
  const CheckedCombination checked{&config.value(), &config.value().combinations.front()};
  Replayed replayed = replay_in_process(checked, shown, time_limit, interruption.value().fd());
  replayed.changed = changed_plugins(shown, checked);
  if (replayed.interrupted) return exit_interrupted;
  if (replayed.error) {
    return refuse_replay(exit_usage, fmt::format("{}: {}", file.string(), replayed.error->message));
  }
  const std::string name = checked.combination->name();
  print("{}", arguments.json ? to_json(name, finding.value(), replayed)
                             : to_text(name, finding.value(), replayed));
  return replayed.is_broken() ? exit_failed : exit_passed;
}

}  // namespace daxlab
