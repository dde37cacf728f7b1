// The `workloads` of a config: names, {name: enospc, threads: 2, on_short: retry}, or all.
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "harness/config/config_loader.h"
#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"
#include "harness/config/node.h"

namespace daxlab {

class WorkloadReader {
 public:
  // All outlive this. A runtime has to fit into `time_limit`.
  WorkloadReader(WorkloadTable table, std::chrono::nanoseconds time_limit, FirstProblem& problems);

  // In the order of the file (of the table for `all`). Empty: reported, or the key is missing.
  std::vector<WorkloadEntry> read_list(const Node& root) const;

  // One entry; nullopt: reported. The key `axes` says nothing where there is one cell.
  enum class AxesKey { accepted, refused };
  std::optional<WorkloadEntry> read(const Node& node, AxesKey axes) const;

 private:
  const WorkloadDescription* find_of(const Node& node) const;
  Node flatten(const Node& node, const WorkloadDescription& workload, AxesKey axes) const;
  void check_together(const Node& node, const WorkloadDescription& workload,
                      const Choice& choice) const;
  WorkloadEntry read_single(const Node& node, const WorkloadDescription& workload,
                            AxesKey axes) const;
  // For each value of lists of options, threads, runtime and ramp.
  void read_all(const Node& node, std::vector<WorkloadEntry>& entries) const;
  // `roles`: the sum of the options that say how many threads do what; 0: none of them does.
  uint64_t read_threads(const Node& node, const WorkloadDescription& workload,
                        uint64_t roles) const;
  uint32_t read_axes(const Node& node, const WorkloadDescription& workload) const;
  void read_runtime(const Node& node, const WorkloadDescription& workload,
                    WorkloadEntry& entry) const;
  void check_timed(const Node& node, const WorkloadDescription& workload) const;

  WorkloadTable table_;
  std::chrono::nanoseconds time_limit_;
  FirstProblem& problems_;
};

// Reports that the key is missing, unless anything else is wrong: it has no place in the file.
void require_workloads(const Node& root, FirstProblem& problems);

}  // namespace daxlab
