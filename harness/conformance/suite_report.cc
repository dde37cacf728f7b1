#include "harness/conformance/suite_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace daxlab {
namespace {

constexpr size_t shown_finding_steps = 40;
constexpr size_t line_width = 100;

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

const CheckResult* first_alike(const std::vector<CheckResult>& results, const CheckResult& result) {
  if (!result.finding) return nullptr;
  const auto first = std::ranges::find_if(results, [&](const CheckResult& earlier) {
    return earlier.finding && earlier.cause == result.cause;
  });
  return first == results.end() || first->name == result.name ? nullptr : &*first;
}

std::string OkLine::add(const std::string& name) {
  std::string text = width_ == 0 ? "ok      " : ", ";
  if (width_ != 0 && width_ + name.size() + 3 > line_width) {
    text = ",\n        ";
    width_ = 0;
  }
  width_ += text.size() + name.size();
  return text + name;
}

std::string OkLine::end() {
  const bool is_open = width_ != 0;
  width_ = 0;
  return is_open ? "\n" : "";
}

std::string alike_text(const std::vector<CheckResult>& results) {
  std::string text;
  for (const CheckResult& first : results) {
    std::vector<std::string> names;
    for (const CheckResult& result : results) {
      if (first_alike(results, result) == &first) names.push_back(result.name);
    }
    if (names.empty()) continue;
    text +=
        fmt::format("{} more check{} like {}: {}\n", names.size(),
                    names.size() == 1 ? " fails" : "s fail", first.name, fmt::join(names, ", "));
  }
  return text;
}

std::string summary(const std::vector<CheckResult>& results) {
  const uint64_t failed = failed_of(results);
  std::string text = fmt::format("{} of {} checks passed", results.size() - failed, results.size());
  if (failed != 0) text += fmt::format(", {} failed", failed);
  return text;
}

std::vector<JunitCase> to_junit_cases(const TestedPlugin& tested,
                                      const std::vector<CheckResult>& results,
                                      const std::string& repeat) {
  std::vector<JunitCase> cases;
  for (const CheckResult& result : results) {
    JunitCase one{.suite = fmt::format("conformance.{}.{}", name_of(tested.description.kind),
                                       tested.description.name),
                  .name = result.name,
                  .time_s = result.time_s};
    if (result.finding) {
      const std::string& seen = result.finding->seen;
      one.failure = {result.finding->kind, seen.substr(0, seen.find('\n')),
                     to_text(result, repeat) + "\n"};
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

Json to_json(const TestedPlugin& tested, const std::vector<CheckResult>& results,
             const std::string& repeat) {
  Json checks = Json::list();
  for (const CheckResult& result : results) {
    Json check = {{"name", result.name},
                  {"promise", result.promise},
                  {"passed", !result.finding.has_value()}};
    if (result.finding) {
      check.set("kind", result.finding->kind);
      check.set("expected", result.finding->expected);
      check.set("seen", result.finding->seen);
      check.set("steps", result.finding->steps);
      check.set("repeat", repeat_of(result, repeat));
      if (const CheckResult* first = first_alike(results, result)) {
        check.set("same_as", first->name);
      }
    }
    checks.add(std::move(check));
  }
  const PluginDescription& plugin = tested.description;
  return {{"plugin",
           {{"kind", name_of(plugin.kind)},
            {"name", plugin.name},
            {"path", plugin.path.string()},
            {"content_hash", plugin.content_hash}}},
          {"seed", tested.seed},
          {"passed", results.size() - failed_of(results)},
          {"failed", failed_of(results)},
          {"checks", std::move(checks)}};
}

}  // namespace daxlab
