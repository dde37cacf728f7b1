#include "harness/conformance/suite_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/json.h"

namespace daxlab {
namespace {

constexpr size_t shown_finding_steps = 40;

// The lines of a text after the first stand below it.
std::string indented(const std::string& text) {
  std::string result;
  for (const char letter : text) {
    result += letter;
    if (letter == '\n') result += "             ";
  }
  while (!result.empty() && (result.back() == ' ' || result.back() == '\n')) result.pop_back();
  return result;
}

std::string repeat_of(const CheckResult& result, const std::string& repeat) {
  return fmt::format("{} --checks {}", repeat, result.name);
}

uint64_t failed_of(const std::vector<CheckResult>& results) {
  return static_cast<uint64_t>(std::ranges::count_if(
      results, [](const CheckResult& result) { return result.finding.has_value(); }));
}

}  // namespace

std::string heading(const TestedPlugin& tested, size_t checks) {
  return fmt::format("{} plugin '{}' ({}): {} checks, seed {}", name_of(tested.description.kind),
                     tested.description.name, tested.description.path.string(), checks,
                     tested.seed);
}

std::string to_text(const CheckResult& result, const std::string& repeat) {
  if (!result.finding) return fmt::format("ok      {}: {}", result.name, result.promise);
  const Finding& finding = *result.finding;
  std::string text =
      fmt::format("FAILED  {}: {}\n  expected:  {}\n  seen:      {}\n", result.name, result.promise,
                  indented(finding.expected), indented(finding.seen));
  for (size_t i = 0; i < finding.steps.size(); ++i) {
    if (i == shown_finding_steps) {
      text += fmt::format("             ... {} more\n", finding.steps.size() - shown_finding_steps);
      break;
    }
    text += fmt::format("  {:9}  {}\n", i == 0 ? "steps:" : "", indented(finding.steps[i]));
  }
  return text + "  repeat:    " + repeat_of(result, repeat);
}

std::string summary(const std::vector<CheckResult>& results) {
  const uint64_t failed = failed_of(results);
  std::string text = fmt::format("{} of {} checks passed", results.size() - failed, results.size());
  if (failed != 0) text += fmt::format(", {} failed", failed);
  return text;
}

std::string to_json(const TestedPlugin& tested, const std::vector<CheckResult>& results,
                    const std::string& repeat) {
  Json checks = Json::list();
  for (const CheckResult& result : results) {
    Json check = {{"name", result.name},
                  {"promise", result.promise},
                  {"passed", !result.finding.has_value()}};
    if (result.finding) {
      check.set("expected", result.finding->expected);
      check.set("seen", result.finding->seen);
      check.set("steps", result.finding->steps);
      check.set("repeat", repeat_of(result, repeat));
    }
    checks.add(std::move(check));
  }
  const PluginDescription& plugin = tested.description;
  const Json document = {{"plugin",
                          {{"kind", name_of(plugin.kind)},
                           {"name", plugin.name},
                           {"path", plugin.path.string()},
                           {"content_hash", plugin.content_hash}}},
                         {"seed", tested.seed},
                         {"passed", results.size() - failed_of(results)},
                         {"failed", failed_of(results)},
                         {"checks", std::move(checks)}};
  return with_sorted_keys(document).dump(2);
}

}  // namespace daxlab
