#include "harness/config/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "harness/config/exclusion.h"
#include "harness/config/keys.h"

namespace daxlab {
namespace {

bool is_baseline(const MatrixPoint& point) { return point.engine == EngineKind::baseline; }

Cell cell_of(const MatrixPlan& plan, const MatrixPoint& point) {
  Cell cell = plan.common;
  cell.engine = point.engine;
  cell.medium = point.medium;
  cell.directory = point.directory;
  cell.io = point.io;
  cell.directory_in_name = is_baseline(point) && plan.names_directories;
  cell.fault = point.fault;
  cell.write = point.write;
  cell.alloc = point.alloc;
  if (point.engine != EngineKind::mmu) cell.userfaultfd_forbidden = false;
  if (is_baseline(point)) cell.region_bytes = 0;
  if (is_baseline(point) || !has_path(point.medium)) {
    cell.region_path.clear();
    cell.create = CreateRegion::if_missing;
  }
  return cell;
}

Cell cell_of(const MatrixPlan& plan, const MatrixPoint& point, const WorkloadEntry& workload) {
  Cell cell = cell_of(plan, point);
  if (is_baseline(point) && workload.fills_space) {
    const uint64_t asked_bytes = plan.common.region_bytes;
    cell.region_bytes = asked_bytes != 0 ? asked_bytes : region_size_range.default_value;
  }
  cell.workload = workload.choice;
  cell.threads = workload.threads;
  cell.runtime = workload.runtime;
  cell.ramp = workload.ramp;
  return cell;
}

// The name without a workload: what makes two points the same.
std::string point_name(const MatrixPlan& plan, const MatrixPoint& point) {
  const std::string name = cell_of(plan, point).name();
  const size_t start = name.find('/') + 1;
  return name.substr(start, name.rfind('/') - start);
}

std::string name_with_threads(const WorkloadEntry& entry) {
  Cell cell;
  cell.workload = entry.choice;
  cell.runtime = entry.runtime;
  cell.ramp = entry.ramp;
  return fmt::format("{} with threads: {}", cell.workload_label(), entry.threads);
}

void add_points_of_engine(const MatrixPlan& plan, EngineKind engine,
                          std::vector<MatrixPoint>& points) {
  const MatrixAxes& axes = plan.axes;
  if (engine == EngineKind::baseline) {
    for (const std::filesystem::path& directory : plan.directories) {
      for (const IoKind io : plan.ios) {
        MatrixPoint point;
        point.engine = engine;
        point.directory = directory;
        point.io = io;
        points.push_back(std::move(point));
      }
    }
    return;
  }
  for (const auto& medium : axes.medium) {
    for (const auto& fault : axes.fault) {
      for (const auto& write : axes.write) {
        for (const auto& alloc : axes.alloc) {
          if (points.size() > most_points) return;
          points.push_back({engine, medium.value, fault.value, write.value, alloc.value, {}, {}});
        }
      }
    }
  }
}

// All points of the lists in order; none, and reported, if they are too many.
std::vector<MatrixPoint> list_points(const MatrixPlan& plan, FirstProblem& problems) {
  std::vector<MatrixPoint> points;
  for (const auto& engine : plan.axes.engine) add_points_of_engine(plan, engine.value, points);
  if (points.size() + plan.includes.size() <= most_points) return points;
  problems.report(plan.axes.engine.front().at,
                  fmt::format("more than {} combinations; shorten the lists", most_points));
  return {};
}

void report_duplicate(const IncludedCell& include, const std::string& name,
                      const std::optional<Location>& earlier, FirstProblem& problems) {
  const std::string place = earlier ? "include at " + problems.place(*earlier) : "lists of matrix";
  problems.report(include.at, fmt::format("duplicate cell {}, there already by the {}; remove one "
                                          "of them",
                                          name, place));
}

// Includes for all workloads that are there already.
void check_includes(const MatrixPlan& plan, const std::vector<MatrixPoint>& points,
                    const PointSet& excluded, FirstProblem& problems) {
  if (plan.includes.empty()) return;
  std::map<std::string, std::optional<Location>> names;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!excluded[i]) names.emplace(point_name(plan, points[i]), std::nullopt);
  }
  for (const IncludedCell& include : plan.includes) {
    if (include.workload) continue;
    const std::string name = point_name(plan, include.point);
    const auto [earlier, is_new] = names.emplace(name, include.at);
    if (!is_new) report_duplicate(include, name, earlier->second, problems);
  }
}

void check_workloads(const MatrixPlan& plan, FirstProblem& problems) {
  if (plan.workloads.size() > most_workloads) {
    return problems.report(plan.workloads[most_workloads].at,
                           fmt::format("more than {} workloads; split the config", most_workloads));
  }
  std::map<std::string, Location> names;
  for (const WorkloadEntry& entry : plan.workloads) {
    const std::string name = name_with_threads(entry);
    const auto [earlier, is_new] = names.emplace(name, entry.at);
    if (is_new) continue;
    problems.report(entry.at,
                    fmt::format("duplicate workload {}, first at {}; change or remove one "
                                "of them",
                                name, problems.place(earlier->second)));
  }
}

// The cells of one workload of the plan.
class WorkloadCells {
 public:
  WorkloadCells(const MatrixPlan& plan, const WorkloadEntry& entry, FirstProblem& problems)
      : plan_(plan), entry_(entry), problems_(problems) {}

  void add(const MatrixPoint& point) {
    if (is_baseline(point) && entry_.needs_region) return;
    if (!exercised_.insert(exercised_name(point)).second) return;
    // The simulator's page table is for one thread: its loads and stores take no lock.
    if (point.engine == EngineKind::simulator && entry_.threads > 1) {
      problems_.report(entry_.at, fmt::format("{}: the simulator runs one thread; expected "
                                              "threads: 1 or another engine",
                                              name_with_threads(entry_)));
    }
    if (!is_baseline(point) && !first_) first_ = point;
    cells_.push_back(cell_of(plan_, point, entry_));
  }

  // Over axes that do not matter it has what the other cells have.
  void add_include(MatrixPoint point) {
    if (!is_baseline(point) && first_) {
      if ((entry_.axes & axis_fault) == 0) point.fault = first_->fault;
      if ((entry_.axes & axis_write) == 0) point.write = first_->write;
      if ((entry_.axes & axis_alloc) == 0) point.alloc = first_->alloc;
    }
    add(point);
  }

  std::vector<Cell> take() { return std::move(cells_); }

 private:
  std::string exercised_name(const MatrixPoint& point) const {
    const auto shown = [&](Axes axis, const Choice& choice) {
      return (entry_.axes & axis) == 0 ? std::string() : choice.label();
    };
    if (is_baseline(point)) {
      // What goes through mappings alone is the same however read() and write() go.
      const bool has_calls = (entry_.axes & axis_write) != 0 || (entry_.axes & axis_fault) == 0;
      return fmt::format("{}/{}/{}", name_of(point.engine), directory_name(point.directory),
                         has_calls && point.io == IoKind::direct);
    }
    return fmt::format("{}/{}/{}/{}/{}", name_of(point.engine), name_of(point.medium),
                       shown(axis_fault, point.fault), shown(axis_write, point.write),
                       shown(axis_alloc, point.alloc));
  }

  const MatrixPlan& plan_;
  const WorkloadEntry& entry_;
  FirstProblem& problems_;
  std::set<std::string> exercised_;
  std::optional<MatrixPoint> first_;  // with strategies
  std::vector<Cell> cells_;
};

std::vector<Cell> cells_of_workloads(const MatrixPlan& plan, const std::vector<MatrixPoint>& points,
                                     const Exclusion& exclusion, FirstProblem& problems) {
  std::vector<Cell> cells;
  for (const WorkloadEntry& entry : plan.workloads) {
    const PointSet excluded = exclusion.of(entry);
    WorkloadCells own(plan, entry, problems);
    for (size_t i = 0; i < points.size(); ++i) {
      if (!excluded[i]) own.add(points[i]);
    }
    for (const IncludedCell& include : plan.includes) {
      if (!include.workload) own.add_include(include.point);
    }
    std::vector<Cell> added = own.take();
    if (added.empty() && excluded.any()) {
      problems.report(entry.at,
                      fmt::format("{}: exclude leaves no cell of it; remove it from workloads, or "
                                  "change exclude",
                                  name_with_threads(entry)));
    }
    std::ranges::move(added, std::back_inserter(cells));
    if (cells.size() > most_cells) {
      problems.report(entry.at, fmt::format("more than {} cells; shorten the lists", most_cells));
      return {};
    }
  }
  return cells;
}

void add_whole_cells(const MatrixPlan& plan, std::vector<Cell>& cells, FirstProblem& problems) {
  const auto has_workload = [](const IncludedCell& include) {
    return include.workload.has_value();
  };
  if (std::ranges::none_of(plan.includes, has_workload)) return;
  std::map<std::string, std::optional<Location>> names;
  for (const Cell& cell : cells) names.emplace(cell.name(), std::nullopt);
  for (const IncludedCell& include : plan.includes) {
    if (!include.workload) continue;
    const WorkloadEntry& entry = *include.workload;
    if (is_baseline(include.point) && entry.needs_region) {
      problems.report(
          entry.at, fmt::format("baseline cannot run {}, which needs a region", entry.choice.name));
      continue;
    }
    WorkloadCells own(plan, entry, problems);
    own.add(include.point);
    std::vector<Cell> added = own.take();
    const auto [earlier, is_new] = names.emplace(added.front().name(), include.at);
    if (!is_new) report_duplicate(include, earlier->first, earlier->second, problems);
    cells.push_back(std::move(added.front()));
  }
}

}  // namespace

std::vector<Cell> expand(const MatrixPlan& plan, FirstProblem& problems) {
  check_workloads(plan, problems);
  const std::vector<MatrixPoint> points = list_points(plan, problems);
  if (problems.any()) return {};
  const Exclusion exclusion(plan, points, problems);
  if (problems.any()) return {};
  check_includes(plan, points, exclusion.of_any(), problems);
  std::vector<Cell> cells = cells_of_workloads(plan, points, exclusion, problems);
  if (problems.any()) return {};
  add_whole_cells(plan, cells, problems);
  if (cells.empty()) {
    problems.report(plan.workloads.front().at,
                    "no cell to run: baseline cannot run workloads that need a region");
  }
  return cells;
}

std::vector<Combination> combinations_of(const MatrixPlan& plan, FirstProblem& problems) {
  const std::vector<MatrixPoint> points = list_points(plan, problems);
  const Exclusion exclusion(plan, points, problems);
  PointSet excluded_always;
  excluded_always.set();
  for (const WorkloadEntry& entry : plan.workloads) excluded_always &= exclusion.of(entry);
  std::vector<Combination> combinations;
  std::set<std::string> names;
  const auto add = [&](const MatrixPoint& point) {
    if (is_baseline(point)) return;
    Combination combination{point.fault, point.write, point.alloc};
    if (names.insert(combination.name()).second) combinations.push_back(std::move(combination));
  };
  for (size_t i = 0; i < points.size(); ++i) {
    if (!excluded_always[i]) add(points[i]);
  }
  for (const IncludedCell& include : plan.includes) add(include.point);
  return combinations;
}

}  // namespace daxlab
