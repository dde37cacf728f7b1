// `daxlab conformance`: a plugin against the contract of its kind.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "harness/commands/command.h"
#include "harness/commands/command_line.h"
#include "harness/commands/shell_words.h"
#include "harness/config/nearest_name.h"
#include "harness/config/quantity.h"
#include "harness/conformance/plugin_options.h"
#include "harness/conformance/suite_report.h"

namespace daxlab {
namespace {

int fail(int status, const std::string& message) {
  fmt::print(stderr, "daxlab conformance: {}\n", message);
  return status;
}

ErrorOr<PluginKind> kind_named(const std::string& word) {
  std::vector<std::string> words;
  for (const PluginKind kind : plugin_kinds) {
    if (word == name_of(kind)) return kind;
    words.emplace_back(name_of(kind));
  }
  return Error{
      fmt::format("no kind of plugin is called {}: {}", word, expected_names(word, words))};
}

ErrorOr<TestedPlugin> find_tested(const ConformanceArguments& arguments) {
  const auto kind = kind_named(arguments.kind);
  if (!kind.ok()) return kind.error();
  Registry registry(arguments.search_path);
  auto description = registry.find(kind.value(), arguments.name);
  if (!description.ok()) return description.error();
  auto options = read_plugin_options(description.value(), arguments.options);
  if (!options.ok()) return options.error();
  auto companions = find_companions(kind.value(), registry);
  if (!companions.ok()) return companions.error();
  return TestedPlugin{description.take(), options.take(), arguments.seed, companions.take()};
}

// The command that was given, for one check.
std::string repeat_command(const ConformanceArguments& arguments) {
  std::vector<std::string> words = {"daxlab", "conformance", arguments.kind, arguments.name};
  for (const std::string& option : arguments.options) {
    words.insert(words.end(), {"--option", option});
  }
  for (const auto& folder : arguments.plugin_paths) {
    words.insert(words.end(), {"--plugin-path", folder.string()});
  }
  if (arguments.search_path.allow_writable) words.emplace_back("--allow-writable-plugins");
  words.insert(words.end(), {"--seed", std::to_string(arguments.seed)});
  return shell_line(words);
}

}  // namespace

int run_conformance(const ConformanceArguments& arguments) {
  const auto time_limit = parse_quantity(arguments.time_limit, OptionUnit::nanoseconds);
  if (!time_limit.ok()) return fail(exit_usage, "--time-limit: " + time_limit.error().message);
  // Without a unit they are nanoseconds: nobody means them.
  constexpr uint64_t a_millisecond_ns = 1'000'000;
  constexpr uint64_t a_day_ns = uint64_t{24} * 3600 * 1'000'000'000;
  if (time_limit.value() < a_millisecond_ns || time_limit.value() > a_day_ns) {
    return fail(exit_usage, "--time-limit: expected 1ms to 24h, found " + arguments.time_limit);
  }
  const auto tested = find_tested(arguments);
  if (!tested.ok()) return fail(exit_usage, tested.error().message);
  const auto checks =
      select_checks(checks_of(tested.value().description.kind), arguments.checks_glob);
  if (!checks.ok()) return fail(exit_usage, checks.error().message);

  const std::string repeat = repeat_command(arguments);
  if (!arguments.json) fmt::print("{}\n", heading(tested.value(), checks.value().size()));
  std::vector<CheckResult> results;
  bool all_kept = true;
  for (const Check& check : checks.value()) {
    const auto result =
        run_check(check, tested.value(), std::chrono::nanoseconds(time_limit.value()));
    if (!result.ok()) return fail(exit_failed, result.error().message);
    results.push_back(result.value());
    all_kept &= !result.value().finding.has_value();
    if (arguments.json) continue;
    fmt::print("{}\n", to_text(result.value(), repeat));
    std::fflush(stdout);  // the next check may take long; whether it worked is asked at the end
  }
  fmt::print("{}\n", arguments.json ? to_json(tested.value(), results, repeat) : summary(results));
  return all_kept ? exit_passed : exit_failed;
}

void add_conformance_command(CLI::App& app, CommandLine& line) {
  const auto arguments = std::make_shared<ConformanceArguments>();
  CLI::App& command = *app.add_subcommand("conformance",
                                          "Check a plugin against the contract of its kind; exit 1 "
                                          "when it breaks it");
  command.add_option("kind", arguments->kind, "fault, write or alloc")->required();
  command.add_option("name", arguments->name, "The plugin")->required();
  add_list_option(command, "--option", arguments->options,
                  "One of the plugin's options; repeatable", "KEY=VALUE");
  command.add_option("--checks", arguments->checks_glob, "Only checks whose names match")
      ->type_name("GLOB");
  command.add_option("--seed", arguments->seed, "Of what is random (1)")->type_name("N");
  command.add_option("--time-limit", arguments->time_limit, "Of each check (120s)")
      ->type_name("TIME");
  command.add_flag("--json", arguments->json, "As JSON");
  add_plugin_options(command, line);
  command.callback([arguments, &line] {
    arguments->plugin_paths = line.plugin_paths;
    arguments->search_path = line.search_path();
    line.chosen = [arguments] { return run_conformance(*arguments); };
  });
}

}  // namespace daxlab
