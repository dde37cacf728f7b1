#include "harness/report/time_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/text_table.h"

namespace daxlab {
namespace {

// What a fault takes of its thread's time in operations. The rest of an operation is in it, too:
// delivery of the signal, return, the access itself, and whatever else is no fault.
double whole_ns(const ResultRecord& run) {
  return run.real_time_ns * static_cast<double>(run.parts.threads) / run.faults();
}

const ResultRecord* middle_run(const CellSummary& cell) {
  std::vector<const ResultRecord*> runs;
  for (const ResultRecord& run : cell.runs) {
    if (run.faults() > 0) runs.push_back(&run);
  }
  if (cell.failure || runs.empty()) return nullptr;
  std::ranges::sort(runs, {}, [](const ResultRecord* run) { return whole_ns(*run); });
  return runs[(runs.size() - 1) / 2];
}

std::vector<std::string> row(const std::string& label, const ResultRecord& run) {
  const auto ns = [&](const char* name) { return run.counter(name).value_or(0); };
  const double whole = whole_ns(run), handler = ns("handler_ns"), strategy = ns("strategy_ns");
  const double find = ns("op_find_ns"), allocate = ns("op_allocate_ns");
  const double cache = ns("op_page_cache_ns");
  const double insert = ns("op_insert_ns"), unmap = ns("op_unmap_ns");
  // Faults outside of operations, in what checks the data, are in the handler's time and not in the
  // operations'.
  const auto plain = [](double value) { return fmt::format("{:.0f}", value); };
  const std::string outside = whole >= handler ? plain(whole - handler) : "unknown";
  const double rest = strategy - find - allocate - cache - insert - unmap;
  std::vector<std::string> cells = {label, plain(std::max(whole, handler)), outside};
  for (const double part :
       {handler - strategy, strategy, find, allocate, cache, insert, unmap, rest}) {
    cells.push_back(plain(part));
  }
  return cells;
}

}  // namespace

std::string time_table(const WorkloadGroup& group) {
  TextTable table;
  table.add_column("strategy", TextTable::Align::left);
  for (const char* name : {"whole", "elsewhere", "core", "strategy", "= find", "alloc", "cache",
                           "insert", "unmap", "rest"}) {
    table.add_column(name, TextTable::Align::right);
  }
  const std::vector<std::string> labels = strategy_labels(group);
  bool any = false;
  for (size_t i = 0; i < group.cells.size(); ++i) {
    const ResultRecord* run = middle_run(group.cells[i]);
    if (run == nullptr) continue;
    any = true;
    table.add_row(row(labels[i], *run));
  }
  if (!any) return {};
  return "where the time goes, ns for a fault (elsewhere: signal, return, access, what is no "
         "fault)\n" +
         table.text();
}

}  // namespace daxlab
