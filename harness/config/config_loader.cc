#include "harness/config/config_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "harness/config/axes_reader.h"
#include "harness/config/cell_lists_reader.h"
#include "harness/config/cell_values.h"
#include "harness/config/first_problem.h"
#include "harness/config/keys.h"
#include "harness/config/matrix.h"
#include "harness/config/node_checks.h"
#include "harness/config/override.h"
#include "harness/config/plugin_choices.h"
#include "harness/config/region_reader.h"
#include "harness/config/workload_entries.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

uint64_t number_or_default(const Node& map, std::string_view key, const NumberRange& range,
                           FirstProblem& problems) {
  const Node* node = map.find(key);
  return node == nullptr ? range.default_value : read_number(*node, key, range, problems);
}

std::vector<uint32_t> read_cpus(const Node& node, FirstProblem& problems) {
  const char* const expected = "a list of CPU numbers such as [0, 1]";
  if (!check_kind(node, Node::Kind::list, "cpus", expected, problems)) return {};
  if (node.items.empty() || node.items.size() > most_cpus) {
    problems.report(
        node.at,
        fmt::format("cpus: expected {}, found {}", expected,
                    node.items.empty() ? "an empty list" : fmt::format("more than {}", most_cpus)));
    return {};
  }
  std::vector<uint32_t> cpus;
  for (const Node& item : node.items) {
    const auto cpu = static_cast<uint32_t>(read_number(item, "cpus", cpu_range, problems));
    const auto earlier = std::ranges::find(cpus, cpu);
    if (earlier != cpus.end()) {
      const Location& first_at = node.items[static_cast<size_t>(earlier - cpus.begin())].at;
      problems.report(item.at,
                      fmt::format("duplicate CPU {} in cpus, first at {}; keep one of them", cpu,
                                  problems.place(first_at)));
    }
    cpus.push_back(cpu);
  }
  return cpus;
}

Cell read_common(const Node& root, FirstProblem& problems) {
  Cell common;
  common.seed = number_or_default(root, "seed", seed_range, problems);
  common.repetitions = number_or_default(root, "repetitions", repetitions_range, problems);
  common.time_limit = std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(
      number_or_default(root, "time_limit", time_limit_range, problems)));
  if (const Node* cpus = root.find("cpus")) common.cpus = read_cpus(*cpus, problems);
  if (const Node* word = root.find("userfaultfd")) {
    common.userfaultfd_forbidden =
        read_word(*word, "userfaultfd", userfaultfd_words(), problems).value_or(0) == 1;
  }
  return common;
}

bool read_random_order(const Node& root, FirstProblem& problems) {
  const Node* order = root.find("order");
  return order == nullptr || read_word(*order, "order", order_words(), problems).value_or(0) == 0;
}

bool has_several_directories(const MatrixPlan& plan, bool has_baseline) {
  std::set<std::filesystem::path> directories;
  if (has_baseline) directories.insert(plan.directories.begin(), plan.directories.end());
  for (const IncludedCell& include : plan.includes) {
    if (include.point.engine == EngineKind::baseline) directories.insert(include.point.directory);
  }
  return directories.size() > 1;
}

MatrixPlan read_plan(const Node& root, PluginChoices& plugins, WorkloadTable table,
                     FirstProblem& problems) {
  MatrixPlan plan;
  plan.common = read_common(root, problems);
  WorkloadReader workloads(table, plan.common.time_limit, problems);
  plan.workloads = workloads.read_list(root);

  AxesReader axes(root, plugins, problems);
  axes.read_engines_and_media(plan.axes);
  const auto is_baseline = [](const Placed<EngineKind>& engine) {
    return engine.value == EngineKind::baseline;
  };
  CellListsReader lists(root, plugins, workloads, problems);
  const bool needs_strategies = !std::ranges::all_of(plan.axes.engine, is_baseline) ||
                                lists.includes_need_strategies(plan.axes.engine.front().value);
  axes.read_strategies(plan.axes, needs_strategies);

  const Node* path = root.find("path");
  const auto baseline = std::ranges::find_if(plan.axes.engine, is_baseline);
  const bool has_baseline = baseline != plan.axes.engine.end();
  Location path_at;
  if (has_baseline) path_at = path == nullptr ? baseline->at : path->at;
  plan.directories = read_directories(path, path_at, has_baseline, problems);
  plan.ios = read_ios(root.find("io"), problems);
  lists.read_includes(plan);
  plan.names_directories = (path != nullptr && path->kind == Node::Kind::list) ||
                           has_several_directories(plan, has_baseline);
  lists.read_excludes(plan);
  read_region(root, plan, problems);
  require_workloads(root, problems);
  return plan;
}

bool is_used(const PluginDescription& plugin, const Choice& fault, const Choice& write,
             const Choice& alloc) {
  const std::array<const Choice*, 3> choices = {&fault, &write, &alloc};
  return choices[static_cast<size_t>(plugin.kind)]->name == plugin.name;
}

bool uses(const Config& config, const PluginDescription& plugin) {
  const auto in_cell = [&](const Cell& cell) {
    return cell.engine != EngineKind::baseline &&
           is_used(plugin, cell.fault, cell.write, cell.alloc);
  };
  const auto in_combination = [&](const Combination& combination) {
    return is_used(plugin, combination.fault, combination.write, combination.alloc);
  };
  return std::ranges::any_of(config.cells, in_cell) ||
         std::ranges::any_of(config.combinations, in_combination);
}

// The checked root of the tree, overrides applied; nullopt: reported.
std::optional<Node> read_root(std::string_view text, const std::vector<std::string>& overrides,
                              FirstProblem& problems) {
  std::optional<Node> root = read_yaml(text, 0, problems);
  if (!root) return std::nullopt;
  if (root->kind == Node::Kind::nothing) {
    problems.report(root->at, "the file is empty; expected keys such as 'workloads'");
    return std::nullopt;
  }
  if (!check_kind(*root, Node::Kind::map, "config", "keys such as 'workloads'", problems)) {
    return std::nullopt;
  }
  for (uint32_t i = 0; i < overrides.size(); ++i) {
    apply_override(*root, overrides[i], i + 1, problems);
  }
  check_keys(*root, "key", names_of(top_keys()), problems, own_key_prefix);
  return root;
}

}  // namespace

ErrorOr<Config> resolve_config(const std::filesystem::path& path, std::string_view text,
                               const std::vector<std::string>& overrides,
                               const PluginLookup& find_plugin, WorkloadTable workloads) {
  FirstProblem problems(path, overrides);
  const std::optional<Node> root = read_root(text, overrides, problems);
  if (!root) return problems.error();

  PluginChoices plugins(find_plugin, problems);
  const MatrixPlan plan = read_plan(*root, plugins, workloads, problems);
  Config config;
  config.random_order = read_random_order(*root, problems);
  if (problems.any()) return problems.error();

  config.path = path;
  config.seed = plan.common.seed;
  config.cells = expand(plan, problems);
  if (problems.any()) return problems.error();
  config.combinations = combinations_of(plan, problems);
  for (const PluginDescription& plugin : plugins.found()) {
    if (uses(config, plugin)) config.plugins.push_back(plugin);
  }
  return config;
}

}  // namespace daxlab
