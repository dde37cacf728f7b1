// `include` and `exclude` of matrix: cells one by one.
#pragma once

#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"
#include "harness/config/node.h"
#include "harness/config/plugin_choices.h"
#include "harness/config/workload_entries.h"

namespace daxlab {

class CellListsReader {
 public:
  // All outlive this.
  CellListsReader(const Node& root, PluginChoices& plugins, WorkloadReader& workloads,
                  FirstProblem& problems);

  // Whether a cell of include needs strategies, given the first engine of the lists.
  bool includes_need_strategies(EngineKind first_engine);

  // Keys that an included cell has not are at the first value of the plan's axes.
  void read_includes(MatrixPlan& plan);
  void read_excludes(MatrixPlan& plan);

 private:
  EngineKind engine_of(const Node& item, EngineKind first_engine);
  MatrixPoint read_baseline(const Node& item);
  MatrixPoint read_point(const Node& item, EngineKind engine, const MatrixAxes& axes);
  ExcludedCells read_exclude(const Node& item);

  const Node& root_;
  const Node* includes_ = nullptr;  // a list of maps, or nullptr: there is none
  const Node* excludes_ = nullptr;
  PluginChoices& plugins_;
  WorkloadReader& workloads_;
  FirstProblem& problems_;
};

}  // namespace daxlab
