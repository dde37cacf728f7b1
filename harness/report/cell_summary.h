// The repetitions of a cell taken together.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/report/result_record.h"

namespace daxlab {

struct CellSummary {
  NameParts parts;
  std::string effective_medium;    // from the label; empty when no run got that far
  std::vector<ResultRecord> runs;  // at least one
  RunEnd end = RunEnd::passed;
  std::optional<std::string> failure = {};  // of the first run that ended so

  using Figure = std::function<std::optional<double>(const ResultRecord&)>;

  // Of the runs that have the figure, in their order. Failed cells have no figures.
  std::vector<double> all_of(const Figure& figure) const;
  // Medians; nullopt when no run has the figure.
  std::optional<double> median(const std::string& counter) const;
  std::optional<double> median_of(const Figure& figure) const;

  // It has not been run, for a reason that is no fault.
  bool is_skipped() const { return end == RunEnd::skipped; }
  bool is_baseline() const { return parts.engine == "baseline"; }
};

// One for each family of records, in the order of their first.
std::vector<CellSummary> summarize(const std::vector<ResultRecord>& records);

// Cells of one workload with the same options and number of threads, in their order.
struct WorkloadGroup {
  std::string workload;
  uint64_t threads = 1;
  std::vector<CellSummary> cells;
};
std::vector<WorkloadGroup> group_by_workload(std::vector<CellSummary> cells);

// How the cells of a group are told apart: only the parts that differ among them; baseline by name.
std::vector<std::string> strategy_labels(const WorkloadGroup& group);
// What all of them share, for a heading: "mmu, memfd, write partial, alloc first_fit". Of faults
// that came without userfaultfd it ends in "SIGSEGV alone".
std::string shared_parts(const WorkloadGroup& group);

}  // namespace daxlab
