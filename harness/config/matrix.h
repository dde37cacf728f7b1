// Axes to cells: every combination of the values that matter to a workload.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "harness/config/config.h"
#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

inline constexpr size_t most_points = 4096;     // combinations of the lists of matrix
inline constexpr size_t most_workloads = 1024;  // with each value of the lists of their options
inline constexpr size_t most_cells = 100'000;

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
  IoKind io = IoKind::buffered;     // baseline
};

struct WorkloadEntry {
  Choice choice;
  uint64_t threads = 1;
  std::chrono::nanoseconds runtime{}, ramp{};
  uint32_t axes = 0;  // of Axes: over which it is run
  bool needs_region = false, fills_space = false;
  Location at;
};

// A whole cell; without a workload, one for each of the plan's.
struct IncludedCell {
  MatrixPoint point;
  std::optional<WorkloadEntry> workload;
  Location at;
};

// Matches combinations that have all that is given.
struct ExcludedCells {
  struct Pattern {
    Choice choice;
    bool any_options = false;  // whatever its options: only the name counts
    bool matches(const Choice& other) const {
      return any_options ? choice.name == other.name : choice == other;
    }
  };
  struct WorkloadPattern {
    WorkloadEntry entry;
    bool any_options = false;
    bool matches(const WorkloadEntry& other) const;
  };
  std::optional<EngineKind> engine;
  std::optional<MediumKind> medium;
  std::optional<Pattern> fault, write, alloc;
  std::optional<WorkloadPattern> workload;
  Location at;
};

struct MatrixPlan {
  MatrixAxes axes;
  std::vector<std::filesystem::path> directories;  // of the matrix's baseline; never empty
  std::vector<IoKind> ios = {IoKind::buffered};    // the same: each in each folder
  bool names_directories = false;                  // baseline's cells have them in their names
  std::vector<ExcludedCells> excludes;
  std::vector<IncludedCell> includes;
  std::vector<WorkloadEntry> workloads;
  Cell common;  // seed, repetitions, time limit, CPUs, userfaultfd, region
};

// Cells by workload, then engine, medium, fault, write, alloc, then includes; last the includes
// with a workload of their own. Of combinations that differ only in axes over which a workload is
// not run, it gets the first that is not excluded. Baseline skips workloads that need a region.
// Reports points and workloads that are there twice, excludes that match nothing, workloads without
// a cell, and several threads for the simulator.
std::vector<Cell> expand(const MatrixPlan& plan, FirstProblem& problems);

// Of a plan that expand() takes. What is excluded from every workload is left out.
std::vector<Combination> combinations_of(const MatrixPlan& plan, FirstProblem& problems);

}  // namespace daxlab
