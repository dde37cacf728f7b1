#include "harness/config/exclusion.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace daxlab {
namespace {

constexpr size_t most_excludes = 256;

bool matches(const ExcludedCells& exclude, const MatrixPoint& point) {
  const auto fits = [](const std::optional<ExcludedCells::Pattern>& pattern, const Choice& choice) {
    return !pattern || pattern->matches(choice);
  };
  if (exclude.engine && *exclude.engine != point.engine) return false;
  if (exclude.medium && (point.engine == EngineKind::baseline || *exclude.medium != point.medium)) {
    return false;
  }
  return fits(exclude.fault, point.fault) && fits(exclude.write, point.write) &&
         fits(exclude.alloc, point.alloc);
}

bool matches(const ExcludedCells& exclude, const WorkloadEntry& workload) {
  return !exclude.workload || exclude.workload->matches(workload);
}

// "fault page_zero", "alloc per_cpu:shards=2": its keys, one by one.
std::vector<std::pair<std::string, ExcludedCells>> single_keys(const ExcludedCells& exclude) {
  std::vector<std::pair<std::string, ExcludedCells>> keys;
  const auto add = [&](auto ExcludedCells::*key, const std::string& shown) {
    ExcludedCells single;
    single.*key = exclude.*key;
    keys.emplace_back(shown, std::move(single));
  };
  if (exclude.engine) {
    add(&ExcludedCells::engine, fmt::format("engine {}", name_of(*exclude.engine)));
  }
  if (exclude.medium) {
    add(&ExcludedCells::medium, fmt::format("medium {}", name_of(*exclude.medium)));
  }
  const auto add_choice = [&](std::optional<ExcludedCells::Pattern> ExcludedCells::*key,
                              const char* name) {
    if (!(exclude.*key)) return;
    const ExcludedCells::Pattern& pattern = *(exclude.*key);
    const bool is_default = !pattern.any_options && pattern.choice.non_defaults.empty();
    add(key, fmt::format("{} {}{}", name, pattern.choice.label(),
                         is_default ? " with all options at their defaults" : ""));
  };
  add_choice(&ExcludedCells::fault, "fault");
  add_choice(&ExcludedCells::write, "write");
  add_choice(&ExcludedCells::alloc, "alloc");
  return keys;
}

}  // namespace

bool ExcludedCells::WorkloadPattern::matches(const WorkloadEntry& other) const {
  if (any_options) return entry.choice.name == other.choice.name;
  return entry.choice == other.choice && entry.threads == other.threads &&
         entry.runtime == other.runtime && entry.ramp == other.ramp;
}

Exclusion::Exclusion(const MatrixPlan& plan, const std::vector<MatrixPoint>& points,
                     FirstProblem& problems)
    : plan_(plan) {
  if (plan.excludes.size() > most_excludes) {
    problems.report(plan.excludes[most_excludes].at,
                    fmt::format("more than {} excludes; split the config", most_excludes));
    return;
  }
  for (const ExcludedCells& exclude : plan.excludes) {
    PointSet& matched = matched_.emplace_back();
    for (size_t i = 0; i < points.size(); ++i) matched[i] = matches(exclude, points[i]);
    const bool any_workload = std::ranges::any_of(
        plan.workloads, [&](const WorkloadEntry& workload) { return matches(exclude, workload); });
    if (matched.none() || !any_workload) report_no_match(exclude, points, problems);
  }
}

// Names the key that no combination has; there is none when only the keys together match nothing.
void Exclusion::report_no_match(const ExcludedCells& exclude,
                                const std::vector<MatrixPoint>& points,
                                FirstProblem& problems) const {
  std::string reason = "no combination of matrix has all of this";
  for (const auto& [shown, single] : single_keys(exclude)) {
    const auto fits = [&key = single](const MatrixPoint& point) { return matches(key, point); };
    if (std::ranges::any_of(points, fits)) continue;
    reason = fmt::format("no combination of matrix has {}", shown);
    break;
  }
  const auto is_excluded = [&](const WorkloadEntry& workload) {
    return matches(exclude, workload);
  };
  if (std::ranges::none_of(plan_.workloads, is_excluded)) {
    reason =
        fmt::format("workload {} is none of workloads", exclude.workload->entry.choice.label());
  }
  problems.report(exclude.at, fmt::format("exclude: {}; change or remove it", reason));
}

PointSet Exclusion::of(const WorkloadEntry& workload) const {
  PointSet points;
  for (size_t i = 0; i < matched_.size(); ++i) {
    if (matches(plan_.excludes[i], workload)) points |= matched_[i];
  }
  return points;
}

PointSet Exclusion::of_any() const {
  PointSet points;
  for (const PointSet& matched : matched_) points |= matched;
  return points;
}

}  // namespace daxlab
