// Axes to cells: every combination of the values that matter to a workload.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/config/config.h"
#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

// A value, and where it was written.
template <class T>
struct Placed {
  T value;
  Location at;
};

// Never empty, no value twice.
struct MatrixAxes {
  std::vector<Placed<EngineKind>> engine;
  std::vector<Placed<MediumKind>> medium;
  std::vector<Placed<Choice>> fault, write, alloc;
};

// One combination: all of a cell but the workload.
struct MatrixPoint {
  EngineKind engine = EngineKind::mmu;
  MediumKind medium = MediumKind::memfd;
  Choice fault, write, alloc;       // empty for baseline
  std::filesystem::path directory;  // baseline
};

struct WorkloadEntry {
  Choice choice;
  uint64_t threads = 1;
  uint32_t axes = 0;  // of Axes
  bool needs_region = false;
  Location at;
};

struct MatrixPlan {
  MatrixAxes axes;
  std::filesystem::path directory;            // of the matrix's baseline
  std::vector<Placed<MatrixPoint>> includes;  // whole cells besides
  std::vector<WorkloadEntry> workloads;
  Cell common;  // seed, repetitions, time limit, region
};

// Cells by workload, then engine, medium, fault, write, alloc, then includes. Reports points and
// workloads that are there twice, and several threads for the simulator. Axes that a workload does
// not exercise stay at their first value; baseline skips workloads that need a region.
std::vector<Cell> expand(const MatrixPlan& plan, FirstProblem& problems);

}  // namespace daxlab
