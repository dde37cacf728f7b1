// bin/daxlab_conformance, what `daxlab conformance` becomes: a plugin against the contract of its
// kind.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "harness/commands/conformance_arguments.h"
#include "harness/commands/daxlab_program.h"
#include "harness/commands/shell_words.h"
#include "harness/config/nearest_name.h"
#include "harness/config/quantity.h"
#include "harness/conformance/plugin_options.h"
#include "harness/conformance/suite_report.h"
#include "harness/run/exit_cause.h"
#include "harness/run/output_file.h"
#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

ErrorOr<PluginKind> kind_named(const std::string& word) {
  std::vector<std::string> words;
  for (const PluginKind kind : plugin_kinds) {
    if (word == name_of(kind)) return kind;
    words.emplace_back(name_of(kind));
  }
  return Error{
      fmt::format("no kind of plugin is called {}: {}", word, expected_names(word, words))};
}

bool is_path(const std::string& word) {
  return word.find('/') != word.npos || word.ends_with(".so");
}

// A plugin, and the words that name it again.
struct Named {
  PluginDescription description;
  std::vector<std::string> words;
};

ErrorOr<Named> named(const Registry& registry, const std::string& path) {
  auto description = registry.describe_file(std::filesystem::absolute(path).lexically_normal());
  if (!description.ok()) return description.error();
  return Named{description.take(), {path}};
}

ErrorOr<std::vector<Named>> find_named(const ConformanceArguments& arguments, Registry& registry) {
  std::vector<Named> found;
  const auto& words = arguments.tested;
  for (size_t i = 0; i < words.size(); ++i) {
    const auto kind = kind_named(words[i]);
    if (!kind.ok() && !is_path(words[i])) return kind.error();
    if (!kind.ok()) {
      auto plugin = named(registry, words[i]);
      if (!plugin.ok()) return plugin.error();
      found.push_back(plugin.take());
      continue;
    }
    if (i + 1 == words.size()) {
      return Error{
          fmt::format("{}: expected the name of a plugin of that kind behind it", words[i])};
    }
    auto description = registry.find(kind.value(), words[i + 1]);
    if (!description.ok()) return description.error();
    found.push_back({description.take(), {words[i], words[i + 1]}});
    ++i;
  }
  return found;
}

// Those that are wrong on purpose are left out where nobody has named their folder.
ErrorOr<std::vector<Named>> find_all(const ConformanceArguments& arguments) {
  SearchPath path = arguments.plugins.search_path();
  const bool of_folders = !arguments.plugins.folders.empty();
  if (of_folders)
    path.folders = {arguments.plugins.folders.begin(), arguments.plugins.folders.end()};
  Registry::Listing listing = Registry(path).list();
  if (!listing.refused.empty()) return listing.refused.front();
  std::vector<Named> found;
  for (PluginDescription& plugin : listing.plugins) {
    if (plugin.hazard && !of_folders) continue;
    found.push_back({plugin, {plugin.path.string()}});
  }
  if (found.empty()) return Error{"--all: there is no plugin in those folders"};
  return found;
}

ErrorOr<std::vector<Named>> find_those(const ConformanceArguments& arguments, Registry& registry) {
  if (arguments.all && !arguments.tested.empty()) {
    return Error{"--all: plugins are named, too; leave one of both out"};
  }
  auto found = arguments.all ? find_all(arguments) : find_named(arguments, registry);
  if (!found.ok()) return found;
  if (found.value().empty()) {
    return Error{"expected plugins: daxlab conformance KIND NAME, or FILE.so ..., or --all"};
  }
  if (found.value().size() > 1 && !arguments.options.empty()) {
    return Error{"--option: there are several plugins, and options are of one; check it alone"};
  }
  return found;
}

ErrorOr<TestedPlugin> tested_plugin(const ConformanceArguments& arguments, Registry& registry,
                                    const PluginDescription& description) {
  auto options = read_plugin_options(description, arguments.options);
  if (!options.ok()) return options.error();
  auto companions = find_companions(description.kind, registry);
  if (!companions.ok()) return companions.error();
  return TestedPlugin{description, options.take(), arguments.seed, companions.take()};
}

// The command that was given, for one check of one plugin.
std::string repeat_command(const std::string& program, const ConformanceArguments& arguments,
                           const Named& plugin) {
  const ConformanceArguments usual;
  std::vector<std::string> words = {program, "conformance"};
  words.insert(words.end(), plugin.words.begin(), plugin.words.end());
  for (const std::string& option : arguments.options) {
    words.insert(words.end(), {"--option", option});
  }
  add_plugin_words(words, arguments.plugins);
  words.insert(words.end(), {"--seed", std::to_string(arguments.seed)});
  if (arguments.time_limit != usual.time_limit) {
    words.insert(words.end(), {"--time-limit", arguments.time_limit});
  }
  if (arguments.call_limit != usual.call_limit) {
    words.insert(words.end(), {"--call-limit", arguments.call_limit});
  }
  return shell_line(words);
}

ErrorOr<std::chrono::nanoseconds> read_limit(const char* option, const std::string& text) {
  const auto limit = parse_quantity(text, OptionUnit::nanoseconds);
  if (!limit.ok()) return limit.error().prefixed(std::string(option) + ": ");
  // Without a unit they are nanoseconds: nobody means them.
  constexpr uint64_t a_millisecond_ns = 1'000'000;
  constexpr uint64_t a_day_ns = uint64_t{24} * 3600 * 1'000'000'000;
  if (limit.value() < a_millisecond_ns || limit.value() > a_day_ns) {
    return Error{fmt::format("{}: expected 1ms to 24h, found {}", option, text)};
  }
  return std::chrono::nanoseconds(limit.value());
}

// One plugin and its checks.
struct Suite {
  Named plugin;
  TestedPlugin tested;
  std::vector<Check> checks;
  std::string repeat;
};

ErrorOr<std::vector<Suite>> make_suites(const ConformanceArguments& arguments,
                                        const std::string& program) {
  Registry registry(arguments.plugins.search_path());
  auto found = find_those(arguments, registry);
  if (!found.ok()) return found.error();
  std::vector<Suite> suites;
  for (const Named& plugin : found.value()) {
    auto tested = tested_plugin(arguments, registry, plugin.description);
    if (!tested.ok()) return tested.error();
    auto checks = select_checks(checks_of(plugin.description.kind), arguments.checks_glob);
    if (!checks.ok()) return checks.error();
    suites.push_back(
        {plugin, tested.take(), checks.take(), repeat_command(program, arguments, plugin)});
  }
  return suites;
}

// A call that does not return will not do so in the next check either.
constexpr std::chrono::seconds limit_after_a_hang{1};

// The error: a process could not be started.
ErrorOr<std::vector<CheckResult>> run_suite(const Suite& suite, CheckLimits limits, bool shown) {
  if (shown) print("{}\n", heading(suite.tested, suite.checks.size()));
  std::vector<CheckResult> results;
  OkLine passed;
  for (const Check& check : suite.checks) {
    auto result = run_check(check, suite.tested, limits);
    if (!result.ok()) return result.error();
    results.push_back(result.take());
    const CheckResult& last = results.back();
    if (last.finding && last.finding->kind == name_of(ExitKind::hang)) {
      limits.call = std::min<std::chrono::nanoseconds>(limits.call, limit_after_a_hang);
    }
    if (!shown) continue;
    if (!last.finding) print("{}", passed.add(last.name));
    if (last.finding && first_alike(results, last) == nullptr) {
      print("{}{}\n", passed.end(), to_text(last, suite.repeat));
    }
    send_output();  // the next check may take long; whether it worked is asked at the end
  }
  if (shown) print("{}{}", passed.end(), alike_text(results));
  return results;
}

bool all_kept(const std::vector<CheckResult>& results) {
  return std::ranges::none_of(results,
                              [](const CheckResult& result) { return result.finding.has_value(); });
}

// What all suites came to.
class Totals {
 public:
  explicit Totals(size_t suites) : suites_(suites) {}

  void add(const Suite& suite, const std::vector<CheckResult>& results) {
    const PluginDescription& plugin = suite.tested.description;
    kept_ += all_kept(results) ? 1 : 0;
    documents_.add(to_json(suite.tested, results, suite.repeat));
    const auto more = to_junit_cases(suite.tested, results, suite.repeat);
    cases_.insert(cases_.end(), more.begin(), more.end());
    const std::string name =
        suites_ == 1 ? "" : fmt::format("{} {}: ", name_of(plugin.kind), plugin.name);
    text_ += name + summary(results) + "\n";
  }
  bool all_passed() const { return kept_ == suites_; }
  std::string text() const {
    if (suites_ == 1) return text_;
    return text_ + fmt::format("{} of {} plugins passed\n", kept_, suites_);
  }
  std::string json() const {
    return with_sorted_keys(suites_ == 1 ? documents_[size_t{0}] : documents_).dump(2) + "\n";
  }
  const std::vector<JunitCase>& cases() const { return cases_; }

 private:
  size_t suites_;
  size_t kept_ = 0;
  std::string text_;
  std::vector<JunitCase> cases_;
  Json documents_ = Json::list();
};

ErrorOr<std::optional<OutputFile>> prepare_junit(const ConformanceArguments& arguments) {
  std::optional<OutputFile> junit;
  if (!arguments.junit) return junit;
  auto prepared = OutputFile::prepare(*arguments.junit);
  if (!prepared.ok()) return prepared.error().prefixed("--junit ");
  junit.emplace(prepared.take());
  return junit;
}

int run_conformance(const ConformanceArguments& arguments, const std::string& program) {
  const auto check_limit = read_limit("--time-limit", arguments.time_limit);
  if (!check_limit.ok()) return fail("conformance", exit_usage, check_limit.error().message);
  const auto call_limit = read_limit("--call-limit", arguments.call_limit);
  if (!call_limit.ok()) return fail("conformance", exit_usage, call_limit.error().message);
  const auto suites = make_suites(arguments, program);
  if (!suites.ok()) return fail_to_begin("conformance", suites.error());
  auto junit = prepare_junit(arguments);
  if (!junit.ok()) return fail_to_begin("conformance", junit.error());

  Totals totals(suites.value().size());
  for (const Suite& suite : suites.value()) {
    const CheckLimits limits{check_limit.value(), call_limit.value()};
    const auto results = run_suite(suite, limits, !arguments.json);
    if (!results.ok()) return fail("conformance", exit_failed, results.error().message);
    totals.add(suite, results.value());
  }
  print("{}", arguments.json ? totals.json() : totals.text());
  if (junit.value()) {
    const auto written = junit.value()->commit(to_junit(totals.cases()));
    if (!written.ok()) return fail("conformance", exit_failed, written.error().message);
  }
  return totals.all_passed() ? exit_passed : exit_failed;
}

class ConformanceCommand final : public Command {
 public:
  CommandTable table() override { return table_of(arguments_); }
  int run(const TypedLine& line) override { return run_conformance(arguments_, line.program()); }

 private:
  ConformanceArguments arguments_;
};

std::unique_ptr<Command> make_conformance_command() {
  return std::make_unique<ConformanceCommand>();
}

}  // namespace
}  // namespace daxlab

int main(int argc, char** argv) {
  return daxlab::run_daxlab({daxlab::make_conformance_command}, argc, argv);
}
