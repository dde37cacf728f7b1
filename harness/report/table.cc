#include "harness/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "harness/report/human_units.h"
#include "harness/report/published_figures.h"
#include "harness/report/text_table.h"

namespace daxlab {
namespace {

using Align = TextTable::Align;
using When = TextTable::When;
using Figure = std::optional<double>;

// Shown in a column of their own or only in JSON; what else a record has is a workload's own
// figure.
const std::set<std::string> general_counters = {"faults_read",
                                                "faults_write",
                                                "faults_mkwrite",
                                                "pages_per_fault",
                                                "zero_pages_inserted",
                                                "page_cache_pages_peak",
                                                "zero_page_lock_waits",
                                                "page_lock_waits",
                                                "reserve_blocks",
                                                "blocks_used",
                                                "kernel_mappings_peak",
                                                "flushes",
                                                "fences",
                                                "bytes_persisted",
                                                "memory_peak_bytes",
                                                "short_writes",
                                                "enospc",
                                                "strategy_ns",
                                                "handler_ns",
                                                "op_find_ns",
                                                "op_page_cache_ns",
                                                "op_insert_ns",
                                                "op_unmap_ns",
                                                "p50_ns",
                                                "p90_ns",
                                                "p99_ns",
                                                "p999_ns",
                                                "max_ns",
                                                "bytes_per_second",
                                                "operations"};

std::string shown(const Figure& figure, std::string (*format)(double)) {
  return figure ? format(*figure) : "-";
}

// "-" for zero too: a column of nothing but these is left out.
std::string shown_if_any(const Figure& figure, std::string (*format)(double)) {
  return figure && *figure != 0 ? format(*figure) : "-";
}

Figure time_per_operation_ns(const CellSummary& cell) {
  return cell.median_of([](const ResultRecord& run) -> Figure {
    const double operations = run.counter("operations").value_or(0);
    if (operations <= 0) return std::nullopt;
    return run.real_time_ns / operations;
  });
}

double faults_of(const ResultRecord& run) {
  return run.counter("faults_read").value_or(0) + run.counter("faults_write").value_or(0) +
         run.counter("faults_mkwrite").value_or(0);
}

bool has_faults(const CellSummary& cell) {
  return cell.median_of([](const ResultRecord& run) { return Figure(faults_of(run)); })
             .value_or(0) > 0;
}

std::string shown_faults(const CellSummary& cell) {
  const Figure read = cell.median("faults_read"), write = cell.median("faults_write"),
               mkwrite = cell.median("faults_mkwrite");
  if (!read || !write || !mkwrite) return "-";
  return fmt::format("{}/{}/{}", format_count(*read), format_count(*write), format_count(*mkwrite));
}

std::string shown_ratio(const Figure& figure, const Figure& first) {
  if (!figure || !first || *first <= 0) return "-";
  return fmt::format("{:.2f}", *figure / *first);
}

std::string rate(double bytes_per_second) { return format_bytes(bytes_per_second) + "/s"; }

std::string heading(const WorkloadGroup& group) {
  std::string text = group.workload;
  if (group.threads > 1) text += fmt::format(", {} threads", group.threads);
  const std::string shared = shared_parts(group);
  if (!shared.empty()) text += "  [" + shared + "]";
  size_t runs = 0;
  for (const CellSummary& cell : group.cells) runs = std::max(runs, cell.runs.size());
  if (runs > 1) text += fmt::format("  median of {}", runs);
  return text + "\n";
}

std::string own_figure(double value) {
  return value < 1000 && value != std::floor(value) ? fmt::format("{:.2f}", value)
                                                    : fmt::format("{:.0f}", value);
}

// A row for each figure that only this workload has, a column for each cell that has any.
std::string own_figures_table(const WorkloadGroup& group, const std::vector<std::string>& labels) {
  std::set<std::string> names;
  for (const CellSummary& cell : group.cells) {
    for (const auto& [name, value] : cell.runs.front().counters) {
      if (!general_counters.contains(name)) names.insert(name);
    }
  }
  if (names.empty()) return {};
  TextTable table;
  table.add_column("", Align::left);
  for (const std::string& label : labels) table.add_column(label, Align::right, When::not_blank);
  for (const std::string& name : names) {
    std::vector<std::string> row = {name};
    for (const CellSummary& cell : group.cells) row.push_back(shown(cell.median(name), own_figure));
    table.add_row(std::move(row));
  }
  return table.text();
}

// The kernel keeps a baseline's data and the holes it has read in the same pages.
std::string baseline_note(const WorkloadGroup& group) {
  const bool counted = std::any_of(group.cells.begin(), group.cells.end(), [](const auto& cell) {
    return cell.is_baseline() && cell.median("memory_peak_bytes").value_or(0) > 0;
  });
  return counted ? "  (memory of baseline: with the blocks of its files, data too)\n" : "";
}

}  // namespace

std::string strategy_table(const WorkloadGroup& group) {
  TextTable table;
  table.add_column("strategy", Align::left);
  table.add_column("time/op", Align::right);
  table.add_column("ratio", Align::right);
  table.add_column("p50", Align::right);
  table.add_column("p99", Align::right);
  table.add_column("rate", Align::right, When::not_blank);
  table.add_column("faults r/w/mk", Align::right, When::not_blank);
  table.add_column("strategy", Align::right, When::not_blank);
  table.add_column("short", Align::right, When::not_blank);
  table.add_column("enospc", Align::right, When::not_blank);
  table.add_column("memory", Align::right);
  table.add_column("", Align::left, When::not_blank);

  Figure first;
  for (const CellSummary& cell : group.cells) {
    if (!first) first = time_per_operation_ns(cell);
  }
  const bool any_faults = std::any_of(group.cells.begin(), group.cells.end(), has_faults);
  const std::vector<std::string> labels = strategy_labels(group);
  for (size_t i = 0; i < group.cells.size(); ++i) {
    const CellSummary& cell = group.cells[i];
    const Figure time = time_per_operation_ns(cell);
    table.add_row(
        {labels[i], shown(time, format_ns), shown_ratio(time, first),
         shown(cell.median("p50_ns"), format_ns), shown(cell.median("p99_ns"), format_ns),
         any_faults ? "-" : shown_if_any(cell.median("bytes_per_second"), rate),
         any_faults ? shown_faults(cell) : "-", shown_if_any(cell.median("strategy_ns"), format_ns),
         shown_if_any(cell.median("short_writes"), format_count),
         shown_if_any(cell.median("enospc"), format_count),
         shown(cell.median("memory_peak_bytes"), format_bytes), cell.failure ? "FAILED" : ""});
  }
  return heading(group) + table.text() + baseline_note(group) + own_figures_table(group, labels);
}

std::string time_table(const WorkloadGroup& group) {
  if (std::none_of(group.cells.begin(), group.cells.end(), has_faults)) return {};
  TextTable table;
  table.add_column("strategy", Align::left);
  for (const char* name :
       {"whole", "signal", "core", "strategy", "= find", "page cache", "insert", "unmap", "rest"}) {
    table.add_column(name, Align::right);
  }
  const std::vector<std::string> labels = strategy_labels(group);
  for (size_t i = 0; i < group.cells.size(); ++i) {
    const CellSummary& cell = group.cells[i];
    if (cell.failure || !has_faults(cell)) continue;
    // All threads fault at once: a fault takes its thread's time, not a share of the clock's.
    const double threads = static_cast<double>(group.threads);
    const double whole = cell.median_of([&](const ResultRecord& run) {
                               return Figure(run.real_time_ns * threads / faults_of(run));
                             })
                             .value_or(0);
    const auto ns = [&](const char* name) { return cell.median(name).value_or(0); };
    const double handler = ns("handler_ns"), strategy = ns("strategy_ns");
    const double find = ns("op_find_ns"), cache = ns("op_page_cache_ns");
    const double insert = ns("op_insert_ns"), unmap = ns("op_unmap_ns");
    // Medians of parts need not sum to the median of the whole: never show less than nothing.
    const auto plain = [](double value) { return fmt::format("{:.0f}", value); };
    const auto rest_of = [&](double all, double part) { return plain(std::max(all - part, 0.0)); };
    table.add_row({labels[i], plain(whole), rest_of(whole, handler), rest_of(handler, strategy),
                   plain(strategy), plain(find), plain(cache), plain(insert), plain(unmap),
                   rest_of(strategy, find + cache + insert + unmap)});
  }
  return "where the time goes, ns per fault (signal: delivery, return and the access itself)\n" +
         table.text();
}

std::string failure_lines(const WorkloadGroup& group) {
  std::string text;
  for (const CellSummary& cell : group.cells) {
    if (!cell.failure) continue;
    text += fmt::format("  FAILED {}\n", cell.runs.front().name);
    // A message may have more lines: what the process printed.
    std::string_view rest = *cell.failure;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      text += fmt::format("    {}\n", rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return text;
}

std::string format_tables(const std::vector<ResultRecord>& records) {
  std::string text;
  for (const WorkloadGroup& group : group_by_workload(summarize(records))) {
    if (!text.empty()) text += "\n";
    text += strategy_table(group);
    if (NameParts::without_options(group.workload) == "hole_read") text += time_table(group);
    text += published_comparison(group);
    text += failure_lines(group);
  }
  return text;
}

}  // namespace daxlab
