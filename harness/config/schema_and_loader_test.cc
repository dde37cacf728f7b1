// The schema and the loader have one opinion of any config, but for what a schema cannot know.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "core/base/sanitized.h"
#include "harness/config/bad_config_test.h"
#include "harness/config/config_loader.h"
#include "harness/config/fixture_test.h"
#include "harness/config/keys.h"
#include "harness/config/schema_judge_test.h"
#include "harness/config/shipped_configs_test.h"
#include "harness/config/tree_mutator_test.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

struct Class {
  const char* reason;
  std::regex message;  // of the loader
};

const std::vector<Class>& what_schemas_cannot_know() {
  static const std::vector<Class> classes = {
      {which_plugins_are_there, std::regex(": no (fault|write|alloc) plugin ")},
      {which_plugins_are_there, std::regex("is a (fault|write|alloc) plugin, not a")},
      {which_folders_are_there, std::regex(": path: .* is no folder")},
      {equal_in_other_words, std::regex(": duplicate (value|workload|CPU) ")},
      {multiples, std::regex("is not a (multiple of 4KiB|power of two from)")},
      {several_keys, std::regex(": holes.length of .*(is more than|but) holes.every")},
      {several_keys, std::regex(" of .* is given twice, first at ")},
      {several_keys, std::regex(": medium file needs the key ")},
      {several_keys, std::regex("of region is for medium file only, which no cell has")},
      {several_keys, std::regex(": duplicate cell ")},
      {several_keys, std::regex(": exclude: (no combination|workload .* is none of workloads)")},
      {several_keys, std::regex(": exclude leaves no cell of it")},
      {several_keys, std::regex(": no cell to run: ")},
      {several_keys, std::regex(": baseline cannot run ")},
      {several_keys, std::regex("the simulator runs one thread")},
      {several_keys, std::regex("is not below the time_limit of ")},
      {several_keys, std::regex("threads (of .* are [0-9]+ )?in all")},
      {several_keys, std::regex("more than [0-9]+ (combinations|workloads|cells)")},
      // What an included cell without `engine` is depends on the lists.
      {several_keys, std::regex(": unknown key of a (baseline )?cell '(path|medium|fault|write|"
                                "alloc)'")},
  };
  return classes;
}

const char* excuse(const std::string& message) {
  for (const Class& known : what_schemas_cannot_know()) {
    if (std::regex_search(message, known.message)) return known.reason;
  }
  return nullptr;
}

// Every key there is, and some that are none.
std::vector<std::string> all_keys() {
  std::vector<std::string> keys = {"name", "x-own", "y-own", "engin", "option", ""};
  for (const KeyTable table : {top_keys(), region_keys(), matrix_keys(), include_keys(),
                               baseline_include_keys(), exclude_keys(), workload_keys()}) {
    for (const std::string& name : names_of(table)) keys.push_back(name);
  }
  for (const std::string_view option : {"size", "around", "pattern", "keep_own", "zero_page"}) {
    keys.emplace_back(option);
  }
  return keys;
}

std::vector<std::string> all_values(std::span<const PluginDescription> plugins,
                                    WorkloadTable workloads) {
  std::vector<std::string> values = {
      "0",         "1",          "2",      "4",          "64",     "65",      "1024",  "4096",
      "70001",     "1s",         "5s",     "90s",        "1ms",    "20",      "1h",    "25h",
      "1MiB",      "64MiB",      "1KiB",   "2TiB",       "mmu",    "all",     "memfd", "file",
      "simulator", "true",       "false",  "-1",         "0.5",    "/tmp",    "/x",    "baseline",
      "random",    "listed",     "never",  "always",     "fault",  "write",   "alloc", "none",
      "1kib",      "if_missing", "64MiB ", "/no/folder", "direct", "buffered"};
  for (const PluginDescription& plugin : plugins) {
    values.push_back(plugin.name);
    for (const OptionDescription& option : plugin.options) {
      values.insert(values.end(), option.choices.begin(), option.choices.end());
    }
  }
  for (const WorkloadDescription* workload : workloads) values.emplace_back(workload->name);
  return values;
}

Node tree_of(const std::string& text) {
  FirstProblem problems("t.yaml", {});
  std::optional<Node> tree = read_yaml(text, 0, problems);
  EXPECT_TRUE(tree.has_value()) << problems.error().message;
  return tree.value_or(Node{});
}

bool has_equal_keys(const Node& node) {
  std::set<std::string> keys;
  for (const MapEntry& entry : node.entries) {
    if (!keys.insert(entry.key).second || has_equal_keys(entry.value)) return true;
  }
  return std::ranges::any_of(node.items, has_equal_keys);
}

// With sanitizers a tenth: they see the loader at work, and the other build sees that both agree.
constexpr int rounds_of(int whole) { return sanitized ? whole / 10 : whole; }

using Loader = std::function<ErrorOr<Config>(std::string_view)>;

// Mutates each text `rounds` times and compares. How often each outcome was reached.
std::map<std::string, int> compare(const std::vector<std::string>& texts, const SchemaJudge& judge,
                                   const Loader& load, TreeMutator& mutator, int rounds) {
  std::map<std::string, int> outcomes;
  for (const std::string& text : texts) {
    const Node tree = tree_of(text);
    for (int i = 0; i < rounds; ++i) {
      const Node mutated_tree = mutator.mutate(tree);
      const std::string mutated = as_yaml(mutated_tree);
      const ErrorOr<Config> config = load(mutated);
      // Of equal keys JSON has one: editors say so themselves.
      if (has_equal_keys(mutated_tree)) {
        ++outcomes[two_equal_keys];
        continue;
      }
      const auto refusal = judge.refusal(mutated);
      const char* const reason = config.ok() ? nullptr : excuse(config.error().message);
      if (config.ok()) {
        EXPECT_FALSE(refusal.has_value()) << "only the schema refuses\n" << mutated << *refusal;
        ++outcomes["accepted"];
      } else if (!refusal) {
        EXPECT_NE(reason, nullptr) << "only the loader refuses\n"
                                   << mutated << "\n"
                                   << config.error().message;
        ++outcomes[reason == nullptr ? "differ" : reason];
      } else {
        ++outcomes["refused"];
      }
      if (testing::Test::HasFailure()) return outcomes;
    }
  }
  return outcomes;
}

TEST(SchemaAndLoader, AgreeOnMutationsOfShippedConfigs) {
  const SchemaJudge judge(shipped_schema());
  std::vector<std::string> texts;
  for (const std::filesystem::path& path : shipped_configs()) {
    ErrorOr<std::string> text = read_config_file(path);
    ASSERT_TRUE(text.ok()) << text.error().message;
    texts.push_back(text.take());
  }
  auto plugins = shipped_registry().list().plugins;
  // The schema does not know them, so it takes any option of theirs.
  std::erase_if(plugins, [](const PluginDescription& plugin) { return plugin.hazard; });
  TreeMutator mutator(17, all_keys(), all_values(plugins, all_workloads()));
  const Loader load = [](std::string_view text) {
    return load_config_text("t.yaml", text, {}, shipped_registry());
  };
  std::map<std::string, int> outcomes = compare(texts, judge, load, mutator, rounds_of(50));
  for (const char* outcome : {"accepted", "refused", which_plugins_are_there}) {
    EXPECT_GT(outcomes[outcome], 0) << outcome;
  }
}

TEST(SchemaAndLoader, AgreeOnMutationsOfAConfigWithEveryKey) {
  const std::string text = R"(
x-own: {size: 1MiB}
seed: 3
region: {medium: memfd, size: 64MiB}
engine: mmu
path: [/tmp, /dev]
io: [direct, buffered]
fault: {name: global_zero, around: [16, 1], keep_own: true, zero_page: kernel}
repetitions: 2
order: listed
time_limit: 20s
cpus: [0, 1]
userfaultfd: forbidden
matrix:
  write: [partial, all_or_nothing]
  alloc: [first_fit, per_cpu]
  include:
    - {engine: simulator, medium: memfd, fault: native_zero, write: partial, alloc: per_cpu}
    - {engine: baseline, path: /tmp, io: direct, workload: {name: write, threads: 2, runtime: 1s, ramp: 1ms}}
  exclude:
    - {engine: mmu, medium: memfd, write: partial, alloc: per_cpu}
    - {write: {name: all_or_nothing}, workload: {name: hole_read, size: 1MiB, pattern: random}}
    - {alloc: per_cpu, workload: write}
workloads:
  - {name: hole_read, size: 1MiB, pattern: random, axes: [fault, write, alloc]}
  - {name: write, size: [8MiB, 4MiB], threads: [1], runtime: 5s, ramp: 500ms}
  - write
)";
  ASSERT_TRUE(resolve_good(text).ok()) << resolve(text).error().message;
  TreeMutator mutator(23, all_keys(), all_values(test_plugins(), test_workloads()));
  const Loader load = [](std::string_view config) { return resolve(config); };
  std::map<std::string, int> outcomes =
      compare({text}, test_schema(), load, mutator, rounds_of(1000));
  for (const char* outcome :
       {"accepted", "refused", which_plugins_are_there, which_folders_are_there, several_keys}) {
    EXPECT_GT(outcomes[outcome], 0) << outcome;
    RecordProperty(outcome, outcomes[outcome]);
  }
}

}  // namespace
}  // namespace daxlab
