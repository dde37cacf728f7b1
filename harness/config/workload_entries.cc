#include "harness/config/workload_entries.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "harness/config/node_checks.h"
#include "harness/config/option_values.h"
#include "harness/config/plugin_choices.h"

namespace daxlab {
namespace {

constexpr uint64_t most_threads = 64;
constexpr const char* expected_workloads = "'all' or a list of workloads such as [hole_read]";

WorkloadEntry entry_of(const WorkloadDescription& workload, const Location& at) {
  WorkloadEntry entry;
  entry.axes = workload.axes;
  entry.needs_region = workload.needs_region;
  entry.at = at;
  return entry;
}

uint64_t read_threads(const Node& node, const WorkloadDescription& workload,
                      FirstProblem& problems) {
  const Node* threads = node.find("threads");
  if (threads == nullptr) return 1;
  const std::string what = fmt::format("threads of {}", workload.name);
  const uint64_t count =
      read_quantity(*threads, what, OptionUnit::none, 1, most_threads, problems).value_or(1);
  if (count > 1 && !workload.multi_threaded) {
    problems.report(threads->at, fmt::format("{}: it runs in one thread, found {}; expected 1 or "
                                             "no such key",
                                             what, count));
  }
  return count;
}

std::optional<WorkloadEntry> read_entry(const Node& node, WorkloadTable table,
                                        FirstProblem& problems) {
  const Node* name = read_name(node, "workload", "{name: word, option: value}", problems);
  if (name == nullptr) return std::nullopt;
  std::vector<std::string> names;
  for (const WorkloadDescription* workload : table) names.emplace_back(workload->name);
  const std::optional<size_t> index = read_word(*name, "workload", names, problems);
  if (!index) return std::nullopt;

  const WorkloadDescription& workload = *table[*index];
  const std::vector<std::string> other_keys = {"threads"};
  WorkloadEntry entry = entry_of(workload, node.at);
  entry.choice =
      read_choice(node, workload.name, describe_options(workload.options), other_keys, problems);
  entry.threads = read_threads(node, workload, problems);
  return entry;
}

std::vector<WorkloadEntry> all_entries(WorkloadTable table, const Location& at) {
  std::vector<WorkloadEntry> entries;
  for (const WorkloadDescription* workload : table) {
    entries.push_back(entry_of(*workload, at));
    entries.back().choice = default_choice(workload->name, describe_options(workload->options));
  }
  return entries;
}

}  // namespace

void require_workloads(const Node& root, FirstProblem& problems) {
  if (problems.any() || root.find("workloads") != nullptr) return;
  problems.report({}, fmt::format("missing key 'workloads', expected {}", expected_workloads));
}

std::vector<WorkloadEntry> read_workloads(const Node& root, WorkloadTable table,
                                          FirstProblem& problems) {
  const Node* node = root.find("workloads");
  if (node == nullptr) return {};
  if (node->kind == Node::Kind::scalar && node->text == "all") return all_entries(table, node->at);
  if (!check_kind(*node, Node::Kind::list, "workloads", expected_workloads, problems)) return {};
  if (node->items.empty()) {
    problems.report(node->at,
                    fmt::format("workloads: expected {}, found an empty list", expected_workloads));
  }
  std::vector<WorkloadEntry> entries;
  for (const Node& item : node->items) {
    if (std::optional<WorkloadEntry> entry = read_entry(item, table, problems)) {
      entries.push_back(std::move(*entry));
    }
  }
  return entries;
}

}  // namespace daxlab
