// bin/daxlab_conformance, what `daxlab conformance` becomes: a plugin against the contract of its
// kind.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>

#include "harness/commands/conformance_arguments.h"
#include "harness/commands/daxlab_program.h"
#include "harness/commands/shell_words.h"
#include "harness/config/nearest_name.h"
#include "harness/config/quantity.h"
#include "harness/conformance/plugin_options.h"
#include "harness/conformance/suite_report.h"
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

ErrorOr<TestedPlugin> find_tested(const ConformanceArguments& arguments) {
  const auto kind = kind_named(arguments.kind);
  if (!kind.ok()) return kind.error();
  Registry registry(arguments.plugins.search_path());
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
  add_plugin_words(words, arguments.plugins);
  words.insert(words.end(), {"--seed", std::to_string(arguments.seed)});
  return shell_line(words);
}

int run_conformance(const ConformanceArguments& arguments) {
  const auto time_limit = parse_quantity(arguments.time_limit, OptionUnit::nanoseconds);
  if (!time_limit.ok()) {
    return fail("conformance", exit_usage, "--time-limit: " + time_limit.error().message);
  }
  // Without a unit they are nanoseconds: nobody means them.
  constexpr uint64_t a_millisecond_ns = 1'000'000;
  constexpr uint64_t a_day_ns = uint64_t{24} * 3600 * 1'000'000'000;
  if (time_limit.value() < a_millisecond_ns || time_limit.value() > a_day_ns) {
    return fail("conformance", exit_usage,
                "--time-limit: expected 1ms to 24h, found " + arguments.time_limit);
  }
  const auto tested = find_tested(arguments);
  if (!tested.ok()) return fail_to_begin("conformance", tested.error());
  const auto checks =
      select_checks(checks_of(tested.value().description.kind), arguments.checks_glob);
  if (!checks.ok()) return fail_to_begin("conformance", checks.error());

  const std::string repeat = repeat_command(arguments);
  if (!arguments.json) print("{}\n", heading(tested.value(), checks.value().size()));
  std::vector<CheckResult> results;
  bool all_kept = true;
  for (const Check& check : checks.value()) {
    const auto result =
        run_check(check, tested.value(), std::chrono::nanoseconds(time_limit.value()));
    if (!result.ok()) return fail("conformance", exit_failed, result.error().message);
    results.push_back(result.value());
    all_kept &= !result.value().finding.has_value();
    if (arguments.json) continue;
    print("{}\n", to_text(result.value(), repeat));
    send_output();  // the next check may take long; whether it worked is asked at the end
  }
  print("{}\n", arguments.json ? to_json(tested.value(), results, repeat) : summary(results));
  return all_kept ? exit_passed : exit_failed;
}

class ConformanceCommand final : public Command {
 public:
  CommandTable table() override { return table_of(arguments_); }
  int run(const TypedLine&) override { return run_conformance(arguments_); }

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
