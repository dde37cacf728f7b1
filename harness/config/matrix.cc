#include "harness/config/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace daxlab {
namespace {

constexpr size_t most_points = 4096;
constexpr size_t most_workloads = 256;

Cell cell_of(const MatrixPlan& plan, const MatrixPoint& point) {
  Cell cell = plan.common;
  cell.engine = point.engine;
  cell.medium = point.medium;
  cell.directory = point.directory;
  cell.fault = point.fault;
  cell.write = point.write;
  cell.alloc = point.alloc;
  if (point.engine == EngineKind::baseline) cell.region_bytes = 0;
  if (point.engine == EngineKind::baseline || point.medium != MediumKind::file) {
    cell.region_path.clear();
    cell.create = CreateRegion::if_missing;
  }
  return cell;
}

// The name without a workload: what makes two points the same.
std::string point_name(const MatrixPlan& plan, const MatrixPoint& point) {
  const std::string name = cell_of(plan, point).name();
  const size_t start = name.find('/') + 1;
  return name.substr(start, name.rfind('/') - start);
}

void add_points_of_engine(const MatrixPlan& plan, EngineKind engine,
                          std::vector<MatrixPoint>& points) {
  const MatrixAxes& axes = plan.axes;
  if (engine == EngineKind::baseline) {
    MatrixPoint point;
    point.engine = engine;
    point.directory = plan.directory;
    points.push_back(std::move(point));
    return;
  }
  for (const auto& medium : axes.medium) {
    for (const auto& fault : axes.fault) {
      for (const auto& write : axes.write) {
        for (const auto& alloc : axes.alloc) {
          if (points.size() > most_points) return;
          points.push_back({engine, medium.value, fault.value, write.value, alloc.value, {}});
        }
      }
    }
  }
}

// All points in order; reports an include that is there already.
std::vector<MatrixPoint> list_points(const MatrixPlan& plan, FirstProblem& problems) {
  std::vector<MatrixPoint> points;
  for (const auto& engine : plan.axes.engine) add_points_of_engine(plan, engine.value, points);
  if (points.size() + plan.includes.size() > most_points) {
    problems.report(plan.axes.engine.front().at,
                    fmt::format("more than {} combinations; shorten the lists", most_points));
    return {};
  }
  std::map<std::string, std::optional<Location>> names;
  for (const MatrixPoint& point : points) names.emplace(point_name(plan, point), std::nullopt);
  for (const Placed<MatrixPoint>& include : plan.includes) {
    const std::string name = point_name(plan, include.value);
    const auto [earlier, is_new] = names.emplace(name, include.at);
    if (!is_new) {
      const std::string place =
          earlier->second ? "include at " + problems.place(*earlier->second) : "lists of matrix";
      problems.report(include.at, fmt::format("duplicate cell {}, there already by the {}; "
                                              "remove one of them",
                                              name, place));
    }
    points.push_back(include.value);
  }
  return points;
}

void check_workloads(const MatrixPlan& plan, FirstProblem& problems) {
  if (plan.workloads.size() > most_workloads) {
    return problems.report(plan.workloads[most_workloads].at,
                           fmt::format("more than {} workloads; split the config", most_workloads));
  }
  std::map<std::string, Location> names;
  for (const WorkloadEntry& entry : plan.workloads) {
    const std::string name =
        fmt::format("{} with threads: {}", entry.choice.label(), entry.threads);
    const auto [earlier, is_new] = names.emplace(name, entry.at);
    if (is_new) continue;
    problems.report(entry.at,
                    fmt::format("duplicate workload {}, first at {}; change or remove one "
                                "of them",
                                name, problems.place(earlier->second)));
  }
}

// The simulator's page table is for one thread: its loads and stores take no lock.
void check_simulated_threads(const MatrixPlan& plan, const std::vector<MatrixPoint>& points,
                             FirstProblem& problems) {
  const bool simulated = std::ranges::any_of(
      points, [](const MatrixPoint& point) { return point.engine == EngineKind::simulator; });
  if (!simulated) return;
  for (const WorkloadEntry& entry : plan.workloads) {
    if (entry.threads == 1) continue;
    problems.report(entry.at, fmt::format("{} with threads: {}: the simulator runs one thread; "
                                          "expected threads: 1 or another engine",
                                          entry.choice.label(), entry.threads));
  }
}

void add_cells_of_workload(const MatrixPlan& plan, const WorkloadEntry& entry,
                           const std::vector<MatrixPoint>& points, std::vector<Cell>& cells) {
  std::set<std::string> names;
  for (const MatrixPoint& point : points) {
    const bool is_baseline = point.engine == EngineKind::baseline;
    if (is_baseline && entry.needs_region) continue;
    Cell cell = cell_of(plan, point);
    cell.workload = entry.choice;
    cell.threads = entry.threads;
    if (!is_baseline) {
      if ((entry.axes & axis_fault) == 0) cell.fault = plan.axes.fault.front().value;
      if ((entry.axes & axis_write) == 0) cell.write = plan.axes.write.front().value;
      if ((entry.axes & axis_alloc) == 0) cell.alloc = plan.axes.alloc.front().value;
    }
    if (names.insert(cell.name()).second) cells.push_back(std::move(cell));
  }
}

}  // namespace

std::vector<Cell> expand(const MatrixPlan& plan, FirstProblem& problems) {
  check_workloads(plan, problems);
  const std::vector<MatrixPoint> points = list_points(plan, problems);
  check_simulated_threads(plan, points, problems);
  if (problems.any()) return {};
  std::vector<Cell> cells;
  for (const WorkloadEntry& entry : plan.workloads) {
    add_cells_of_workload(plan, entry, points, cells);
  }
  if (cells.empty()) {
    problems.report(plan.workloads.front().at,
                    "no cell to run: baseline cannot run workloads that fill a region");
  }
  return cells;
}

}  // namespace daxlab
