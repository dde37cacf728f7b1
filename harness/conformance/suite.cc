#include "harness/conformance/suite.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <memory>

#include "core/base/json_fields.h"
#include "harness/config/nearest_name.h"
#include "harness/conformance/call_traps.h"
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
  return Json{{"expected", cut(finding->expected)},
              {"seen", cut(finding->seen)},
              {"steps", steps},
              {"kind", finding->kind}}
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
    fields.read("kind", finding.kind);
  }
  if (problem) return Finding{"the check's own answer", *problem, {}};
  return finding;
}

PluginCallback unload_callback(PluginKind kind) {
  if (kind == PluginKind::fault) return PluginCallback::unload_fault;
  return kind == PluginKind::write ? PluginCallback::unload_write : PluginCallback::unload_alloc;
}

// Where nothing was found, the plugin is unloaded, too: its static destructors belong to it.
void run_in_child(const Check& check, const TestedPlugin& tested, CellChannel& channel,
                  CallLog& log) {
  log.watch(CallLog::end);
  auto loaded = Subject::load(tested, log);
  if (!loaded.ok()) {
    // Not sent: the parent tells that there was no result.
    channel.send_result(encode(Finding{"the plugin can be loaded", loaded.error().message, {}}));
    return;
  }
  auto subject = std::make_unique<Subject>(loaded.take());
  loaded = Error("");  // which had a hold on the plugin, too
  const auto finding = check.run(*subject);
  channel.send_result(encode(finding));
  if (finding) {
    static_cast<void>(subject.release());  // the process is about to end
    return;
  }
  const InPlugin in_plugin(log, unload_callback(tested.description.kind));
  subject.reset();
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

// What should have been, where the process could not go on.
const char* expected_of(ExitKind kind) {
  switch (kind) {
    case ExitKind::unsafe_answer:
      return "only answers that are safe to follow";
    case ExitKind::lock_held:
      return locks_expected;
    case ExitKind::unsafe_call:
      return unsafe_calls_expected;
    case ExitKind::arena_overrun:
      return arenas_expected;
    case ExitKind::hang:
      return "every call returns";
    case ExitKind::killed:
    case ExitKind::crash:
    case ExitKind::ended:
      break;
  }
  return "the check comes to its end";
}

// Numbers differ between checks that fail for one reason, and so do the labs behind the text.
std::string without_numbers(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    const bool is_digit = letter >= '0' && letter <= '9';
    if (!is_digit) {
      result += letter;
    } else if (!result.ends_with('#')) {
      result += '#';
    }
  }
  for (const char* const more : {" (on the ", " (history of seed "}) {
    result = result.substr(0, result.find(more));
  }
  return result;
}

// "allocate returned ..." of "alloc plugin 'x' (path): allocate returned ...".
std::string without_plugin(const std::string& line) {
  const size_t name_end = line.find("): ");
  return name_end == line.npos ? line : line.substr(name_end + 3);
}

std::string cause_of(const Finding& finding) {
  return finding.kind + "\n" + without_numbers(finding.expected) + "\n" +
         without_numbers(finding.seen);
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
                               const CheckLimits& limits) {
  const auto start = CellProcess::Clock::now();
  auto process = CellProcess::start(
      {.body = [&](CellChannel& channel,
                   CallLog& log) { run_in_child(check, tested, channel, log); },
       .time_limit = limits.check,
       .plugin_of = [&](PluginCallback callback) { return plugin_of(tested, callback); },
       .measured_folder = {},
       .call_limit = limits.call});
  if (!process.ok()) return process.error();
  const CellOutcome outcome = process.value()->outcome();
  CheckResult result{.name = check.name, .promise = check.promise, .finding = {}};
  result.time_s = std::chrono::duration<double>(CellProcess::Clock::now() - start).count();
  if (outcome.result) {
    result.finding = decode(*outcome.result);
    if (result.finding) result.cause = cause_of(*result.finding);
  } else {
    result.finding = {expected_of(outcome.kind), end_of(outcome), {}, name_of(outcome.kind)};
    result.cause = cause_of(
        {expected_of(outcome.kind), without_plugin(outcome.cause), {}, result.finding->kind});
  }
  return result;
}

}  // namespace daxlab
