#include "harness/config/cell_lists_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/config/cell_values.h"
#include "harness/config/keys.h"
#include "harness/config/nearest_name.h"
#include "harness/config/node_checks.h"

namespace daxlab {
namespace {

// The list of maps at `key` of matrix; nullptr: there is none, or it is reported.
const Node* find_list(const Node& root, const char* key, std::string_view example,
                      FirstProblem& problems) {
  const Node* matrix = root.find("matrix");
  const Node* list = matrix == nullptr ? nullptr : matrix->find(key);
  if (list == nullptr) return nullptr;
  const std::string expected_list = fmt::format("a list of cells such as [{}]", example);
  if (!check_kind(*list, Node::Kind::list, key, expected_list, problems)) return nullptr;
  const std::string expected_item = fmt::format("a cell such as {}", example);
  const bool all_maps = std::ranges::all_of(list->items, [&](const Node& item) {
    return check_kind(item, Node::Kind::map, key, expected_item, problems);
  });
  return all_maps ? list : nullptr;
}

}  // namespace

CellListsReader::CellListsReader(const Node& root, PluginChoices& plugins,
                                 WorkloadReader& workloads, FirstProblem& problems)
    : root_(root),
      includes_(find_list(root, "include", "{engine: baseline}", problems)),
      excludes_(find_list(root, "exclude", "{fault: page_zero, alloc: first_fit}", problems)),
      plugins_(plugins),
      workloads_(workloads),
      problems_(problems) {}

EngineKind CellListsReader::engine_of(const Node& item, EngineKind first_engine) {
  const Node* engine = item.find("engine");
  return engine == nullptr ? first_engine : read_engine(*engine, problems_).value_or(first_engine);
}

bool CellListsReader::includes_need_strategies(EngineKind first_engine) {
  return includes_ != nullptr && std::ranges::any_of(includes_->items, [&](const Node& item) {
           return engine_of(item, first_engine) != EngineKind::baseline;
         });
}

MatrixPoint CellListsReader::read_baseline(const Node& item) {
  check_keys(item, "key of a baseline cell", names_of(baseline_include_keys()), problems_);
  const Node* path = item.find("path");
  const Node* directory = path == nullptr ? root_.find("path") : path;
  if (path == nullptr && directory != nullptr && !directory->items.empty()) {
    directory = &directory->items.front();
  }
  MatrixPoint point;
  point.engine = EngineKind::baseline;
  point.directory =
      read_directory(directory, directory == nullptr ? item.at : directory->at, true, problems_);
  const Node* io = item.find("io");
  if (io == nullptr) io = root_.find("io");
  if (io != nullptr && item.find("io") == nullptr && !io->items.empty()) io = &io->items.front();
  if (io != nullptr) point.io = read_io(*io, problems_);
  return point;
}

MatrixPoint CellListsReader::read_point(const Node& item, EngineKind engine,
                                        const MatrixAxes& axes) {
  check_keys(item, "key of a cell", names_of(include_keys()), problems_);
  const auto read_or_first = [&](PluginKind kind, const std::vector<Placed<Choice>>& axis) {
    const Node* node = item.find(name_of(kind));
    return node == nullptr ? axis.front().value : plugins_.read(kind, *node).value_or(Choice{});
  };
  MatrixPoint point;
  point.engine = engine;
  point.medium = axes.medium.front().value;
  if (const Node* medium = item.find("medium")) {
    point.medium = read_medium(*medium, problems_).value_or(point.medium);
  }
  point.fault = read_or_first(PluginKind::fault, axes.fault);
  point.write = read_or_first(PluginKind::write, axes.write);
  point.alloc = read_or_first(PluginKind::alloc, axes.alloc);
  return point;
}

void CellListsReader::read_includes(MatrixPlan& plan) {
  if (includes_ == nullptr) return;
  for (const Node& item : includes_->items) {
    IncludedCell& include = plan.includes.emplace_back();
    include.at = item.at;
    const EngineKind engine = engine_of(item, plan.axes.engine.front().value);
    include.point =
        engine == EngineKind::baseline ? read_baseline(item) : read_point(item, engine, plan.axes);
    if (const Node* workload = item.find("workload")) {
      include.workload = workloads_.read(*workload, WorkloadReader::AxesKey::refused);
    }
  }
}

ExcludedCells CellListsReader::read_exclude(const Node& item) {
  ExcludedCells exclude;
  exclude.at = item.at;
  check_keys(item, "key of exclude", names_of(exclude_keys()), problems_);
  if (item.entries.empty()) {
    problems_.report(item.at, fmt::format("exclude: {}, found an empty map",
                                          expected_names("", names_of(exclude_keys()))));
  }
  if (const Node* engine = item.find("engine")) exclude.engine = read_engine(*engine, problems_);
  if (const Node* medium = item.find("medium")) exclude.medium = read_medium(*medium, problems_);
  const auto read_strategy = [&](PluginKind kind, std::optional<ExcludedCells::Pattern>& pattern) {
    const Node* node = item.find(name_of(kind));
    if (node == nullptr) return;
    if (std::optional<Choice> choice = plugins_.read(kind, *node)) {
      pattern = {std::move(*choice), node->kind == Node::Kind::scalar};
    }
  };
  read_strategy(PluginKind::fault, exclude.fault);
  read_strategy(PluginKind::write, exclude.write);
  read_strategy(PluginKind::alloc, exclude.alloc);
  if (const Node* node = item.find("workload")) {
    if (auto entry = workloads_.read(*node, WorkloadReader::AxesKey::refused)) {
      exclude.workload = {std::move(*entry), node->kind == Node::Kind::scalar};
    }
  }
  return exclude;
}

void CellListsReader::read_excludes(MatrixPlan& plan) {
  if (excludes_ == nullptr) return;
  for (const Node& item : excludes_->items) plan.excludes.push_back(read_exclude(item));
}

}  // namespace daxlab
