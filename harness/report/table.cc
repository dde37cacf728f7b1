#include "harness/report/table.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/human_units.h"
#include "harness/report/own_figures.h"
#include "harness/report/published_figures.h"
#include "harness/report/text_table.h"

namespace daxlab {
namespace {

using Align = TextTable::Align;
using When = TextTable::When;
using Figure = std::optional<double>;

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
  table.add_column("in strategy", Align::right, When::not_blank);
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

std::string failure_lines(const WorkloadGroup& group, const AloneLine& alone) {
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
    if (alone) text += fmt::format("    alone: {}\n", alone(cell.runs.front()));
  }
  return text;
}

std::string format_tables(const std::vector<ResultRecord>& records, const AloneLine& alone) {
  std::string text;
  for (const WorkloadGroup& group : group_by_workload(summarize(records))) {
    if (!text.empty()) text += "\n";
    text += strategy_table(group);
    if (NameParts::without_options(group.workload) == "hole_read") text += time_table(group);
    text += published_comparison(group);
    text += failure_lines(group, alone);
  }
  return text;
}

}  // namespace daxlab
