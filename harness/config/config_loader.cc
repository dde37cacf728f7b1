#include "harness/config/config_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "harness/config/axes_reader.h"
#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"
#include "harness/config/node_checks.h"
#include "harness/config/override.h"
#include "harness/config/plugin_choices.h"
#include "harness/config/region_reader.h"
#include "harness/config/workload_entries.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

constexpr uint64_t most_repetitions = 10'000;
constexpr uint64_t shortest_limit_ns = 1'000'000;
constexpr uint64_t default_limit_ns = 60'000'000'000;
constexpr uint64_t longest_limit_ns = 24 * uint64_t{3600} * 1'000'000'000;

const std::vector<std::string>& top_keys() {
  static const std::vector<std::string> keys = {"seed",        "region",     "engine",   "path",
                                                "fault",       "write",      "alloc",    "matrix",
                                                "repetitions", "time_limit", "workloads"};
  return keys;
}

uint64_t quantity_or(const Node& map, std::string_view key, OptionUnit unit, uint64_t minimum,
                     uint64_t maximum, uint64_t default_value, FirstProblem& problems) {
  const Node* node = map.find(key);
  if (node == nullptr) return default_value;
  return read_quantity(*node, key, unit, minimum, maximum, problems).value_or(default_value);
}

Cell read_common(const Node& root, FirstProblem& problems) {
  Cell common;
  common.seed = quantity_or(root, "seed", OptionUnit::none, 0, UINT64_MAX, 1, problems);
  common.repetitions =
      quantity_or(root, "repetitions", OptionUnit::none, 1, most_repetitions, 1, problems);
  common.time_limit = std::chrono::nanoseconds(static_cast<std::chrono::nanoseconds::rep>(
      quantity_or(root, "time_limit", OptionUnit::nanoseconds, shortest_limit_ns, longest_limit_ns,
                  default_limit_ns, problems)));
  return common;
}

bool uses(const std::vector<Cell>& cells, const PluginDescription& plugin) {
  return std::ranges::any_of(cells, [&](const Cell& cell) {
    if (cell.engine == EngineKind::baseline) return false;
    const std::array<const Choice*, 3> choices = {&cell.fault, &cell.write, &cell.alloc};
    return choices[static_cast<size_t>(plugin.kind)]->name == plugin.name;
  });
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
  check_keys(*root, "key", top_keys(), problems);
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
  MatrixPlan plan;
  plan.common = read_common(*root, problems);
  plan.workloads = read_workloads(*root, workloads, problems);
  AxesReader(*root, plugins, problems).read_into(plan);
  read_region(*root, plan, problems);
  require_workloads(*root, problems);
  if (problems.any()) return problems.error();

  Config config;
  config.path = path;
  config.cells = expand(plan, problems);
  if (problems.any()) return problems.error();
  for (const PluginDescription& plugin : plugins.found()) {
    if (uses(config.cells, plugin)) config.plugins.push_back(plugin);
  }
  return config;
}

}  // namespace daxlab
