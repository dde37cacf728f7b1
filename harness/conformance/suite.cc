#include "harness/conformance/suite.h"

#include <fmt/format.h>
#include <fnmatch.h>
#include <poll.h>

#include "core/base/json_fields.h"
#include "harness/config/nearest_name.h"
#include "harness/run/cell_process.h"

namespace daxlab {
namespace {

// Longer ones would not fit into a message.
constexpr size_t longest_text_bytes = 16 << 10;
constexpr size_t most_steps = 200;

std::string cut(const std::string& text) {
  return text.size() <= longest_text_bytes ? text : text.substr(0, longest_text_bytes) + " ...";
}

std::string encode(const std::optional<Finding>& finding) {
  if (!finding) return Json::map().dump();
  Json steps = Json::list();
  for (const std::string& step : finding->steps) {
    if (steps.size() == most_steps) break;
    steps.add(step.substr(0, 200));
  }
  return Json{{"expected", cut(finding->expected)}, {"seen", cut(finding->seen)}, {"steps", steps}}
      .dump();
}

std::optional<Finding> decode(const std::string& text) {
  const auto message = parse_json(text);
  std::optional<std::string> problem;
  Finding finding;
  if (!message.ok()) {
    problem = message.error().message;
  } else if (message.value() == Json::map()) {
    return std::nullopt;
  } else {
    const JsonFields fields(message.value(), problem);
    fields.read("expected", finding.expected);
    fields.read("seen", finding.seen);
    fields.read("steps", finding.steps);
  }
  if (problem) return Finding{"the check's own answer", *problem, {}};
  return finding;
}

void run_in_child(const Check& check, const TestedPlugin& tested, CellChannel& channel,
                  CallLog& log) {
  const auto subject = Subject::load(tested, log);
  const auto finding = subject.ok()
                           ? check.run(subject.value())
                           : Finding{"the plugin can be loaded", subject.error().message, {}};
  channel.send_result(encode(finding));  // not sent: the parent tells that there was no result
}

std::string plugin_of(const TestedPlugin& tested, PluginCallback callback) {
  const std::string kind = plugin_kind_of(callback);
  const auto named = [](const PluginDescription& plugin) {
    return fmt::format("{} plugin '{}' ({})", name_of(plugin.kind), plugin.name,
                       plugin.path.string());
  };
  if (kind == name_of(tested.description.kind)) return named(tested.description);
  return fmt::format("a {} plugin that stood beside it", kind);
}

// Processes are of cells elsewhere.
std::string end_of(const CellOutcome& outcome) {
  constexpr std::string_view of_a_cell = "the cell's process";
  const std::string line = outcome.failure ? outcome.failure->message : "no answer";
  if (!line.starts_with(of_a_cell)) return line;
  return "the check's process" + line.substr(of_a_cell.size());
}

}  // namespace

ErrorOr<std::vector<Check>> select_checks(std::vector<Check> checks, const std::string& glob) {
  if (glob.empty()) return checks;
  std::vector<Check> selected;
  std::vector<std::string> names;
  for (const Check& check : checks) {
    names.push_back(check.name);
    if (fnmatch(glob.c_str(), check.name.c_str(), 0) == 0) selected.push_back(check);
  }
  if (!selected.empty()) return selected;
  return Error{fmt::format("--checks '{}' matches none of {} checks; {}", glob, names.size(),
                           expected_names(glob, names))};
}

ErrorOr<CheckResult> run_check(const Check& check, const TestedPlugin& tested,
                               std::chrono::nanoseconds time_limit) {
  auto process = CellProcess::start(
      {.body = [&](CellChannel& channel,
                   CallLog& log) { run_in_child(check, tested, channel, log); },
       .time_limit = time_limit,
       .plugin_of = [&](PluginCallback callback) { return plugin_of(tested, callback); },
       .measured_folder = {}});
  if (!process.ok()) return process.error();
  CellProcess& running = *process.value();
  std::optional<CellOutcome> outcome = running.serve();
  while (!outcome) {
    auto waits = running.waits();
    // An interrupted wait is looked into like any other.
    static_cast<void>(poll(waits.data(), waits.size(), poll_wait_ms(running.deadline())));
    outcome = running.serve();
  }
  CheckResult result{check.name, check.promise, std::nullopt};
  if (outcome->result) {
    result.finding = decode(*outcome->result);
  } else {
    result.finding = {"the check comes to its end", end_of(*outcome), {}};
  }
  return result;
}

}  // namespace daxlab
