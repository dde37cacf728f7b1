// The key `region`: how large, and for media with a path where and whether it is made.
#pragma once

#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"
#include "harness/config/node.h"

namespace daxlab {

// Fills the region of plan.common. The plan's axes and includes are read: what a region needs
// depends on the media that cells have.
void read_region(const Node& root, MatrixPlan& plan, FirstProblem& problems);

}  // namespace daxlab
