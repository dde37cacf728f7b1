// Which combinations of the matrix a config leaves out.
#pragma once

#include <bitset>
#include <vector>

#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"

namespace daxlab {

using PointSet = std::bitset<most_points>;  // bit i: the i-th point

class Exclusion {
 public:
  // Reports excludes that match nothing. At most most_points points; all outlive this.
  Exclusion(const MatrixPlan& plan, const std::vector<MatrixPoint>& points, FirstProblem& problems);

  PointSet of(const WorkloadEntry& workload) const;
  // Of at least one of the plan's workloads.
  PointSet of_any() const;

 private:
  void report_no_match(const ExcludedCells& exclude, const std::vector<MatrixPoint>& points,
                       FirstProblem& problems) const;

  const MatrixPlan& plan_;
  std::vector<PointSet> matched_;  // by each exclude, whatever the workload
};

}  // namespace daxlab
