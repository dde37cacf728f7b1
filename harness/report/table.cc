#include "harness/report/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "harness/report/call_time_table.h"
#include "harness/report/human_units.h"
#include "harness/report/made_with.h"
#include "harness/report/own_figures.h"
#include "harness/report/page_size_line.h"
#include "harness/report/published_figures.h"
#include "harness/report/text_table.h"
#include "harness/report/time_table.h"
#include "harness/statistics/bootstrap.h"

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

bool has_faults(const CellSummary& cell) {
  return cell.median_of([](const ResultRecord& run) { return Figure(run.faults()); }).value_or(0) >
         0;
}

std::string shown_faults(const CellSummary& cell) {
  const Figure read = cell.median("faults_read"), write = cell.median("faults_write"),
               mkwrite = cell.median("faults_mkwrite");
  if (!read || !write || !mkwrite) return "-";
  return fmt::format("{}/{}/{}", format_count(*read), format_count(*write), format_count(*mkwrite));
}

// What a write() of twice what is free comes to.
std::string shown_answer(const CellSummary& cell) {
  const Figure written = cell.median("answer_written_bytes"),
               kept = cell.median("answer_kept_bytes");
  if (!written || !kept) return "-";
  if (*written > 0) return "partial";
  return *kept > 0 ? "refused, keeps blocks" : "all_or_nothing";
}

uint64_t seed_of(const CellSummary& cell) {
  return std::hash<std::string>()(cell.runs.front().name);
}

// "812 ns ±3%": half of the interval in which the median would be of 95 % of such samples.
std::string with_spread(const CellSummary& cell, const CellSummary::Figure& figure) {
  const std::vector<double> figures = cell.all_of(figure);
  if (figures.empty()) return "-";
  const double middle = median(figures);
  const std::string text = format_ns(middle);
  if (figures.size() == 1 || middle <= 0) return text;
  const Interval interval = median_interval(figures, seed_of(cell));
  const double percent = 100 * (interval.high - interval.low) / 2 / middle;
  return fmt::format("{} ±{:.0f}%", text, percent);
}

const auto time_of_operation = [](const ResultRecord& run) { return run.time_per_operation_ns(); };

// "1.03?": from these repetitions it could as well be 1.
std::string shown_ratio(const CellSummary& cell, const CellSummary& first) {
  const std::vector<double> base = first.all_of(time_of_operation);
  const std::vector<double> now = cell.all_of(time_of_operation);
  if (base.empty() || now.empty() || median(base) <= 0) return "-";
  const std::string ratio = fmt::format("{:.2f}", median(now) / median(base));
  const bool is_told = &cell == &first || base.size() < 2 || now.size() < 2 ||
                       !ratio_interval(base, now, seed_of(cell)).contains(1);
  return is_told ? ratio : ratio + "?";
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

std::string notes(const WorkloadGroup& group) {
  std::string text;
  if (group.cells.front().failure) {
    text += fmt::format("  no ratios: the first strategy {}\n",
                        group.cells.front().is_skipped() ? "was skipped" : "has failed");
  }
  size_t runs = 0, disturbed = 0;
  double cpus = 0;
  for (const CellSummary& cell : group.cells) {
    for (const ResultRecord& run : cell.runs) {
      ++runs;
      cpus = std::max(cpus, run.counter("cpus").value_or(0));
      // As often as a busy machine's clock ticks, and not once or twice.
      const double seconds = run.counter("wall_ns").value_or(0) / 1e9;
      disturbed += run.counter("involuntary_switches").value_or(0) > 3 + 100 * seconds ? 1 : 0;
    }
  }
  const auto threads = static_cast<double>(group.threads);
  if (cpus > 0 && threads > cpus) {
    text += fmt::format("  {} threads share {:.0f} CPUs: times are waits for them, too\n",
                        group.threads, cpus);
  } else if (disturbed > 0) {
    text += fmt::format("  {} of {} runs had to wait for a CPU that somebody else had\n", disturbed,
                        runs);
  }
  return text;
}

}  // namespace

std::string strategy_table(const WorkloadGroup& group, const std::vector<Metric>& columns) {
  TextTable table;
  table.add_column("strategy", Align::left);
  table.add_column("time/op", Align::right);
  table.add_column("ratio", Align::right);
  table.add_column("p50", Align::right);
  table.add_column("p99", Align::right);
  table.add_column("checks", Align::right, When::not_blank);
  table.add_column("rate", Align::right, When::not_blank);
  table.add_column("faults r/w/mk", Align::right, When::not_blank);
  table.add_column("in strategy", Align::right, When::not_blank);
  table.add_column("in alloc", Align::right, When::not_blank);
  table.add_column("short", Align::right, When::not_blank);
  table.add_column("enospc", Align::right, When::not_blank);
  table.add_column("at ENOSPC", Align::left, When::not_blank);
  table.add_column("memory", Align::right);
  for (const Metric& column : columns) table.add_column(column.name, Align::right);
  table.add_column("", Align::left, When::not_blank);

  const bool any_faults = std::any_of(group.cells.begin(), group.cells.end(), has_faults);
  const std::vector<std::string> labels = strategy_labels(group);
  for (size_t i = 0; i < group.cells.size(); ++i) {
    const CellSummary& cell = group.cells[i];
    std::vector<std::string> row = {
        labels[i],
        with_spread(cell, time_of_operation),
        shown_ratio(cell, group.cells.front()),
        shown(cell.median("p50_ns"), format_ns),
        with_spread(cell, [](const ResultRecord& run) { return run.counter("p99_ns"); }),
        shown_if_any(cell.median("outside_ns"), format_ns),
        any_faults ? "-" : shown_if_any(cell.median("bytes_per_second"), rate),
        any_faults ? shown_faults(cell) : "-",
        shown_if_any(cell.median("strategy_ns"), format_ns),
        cell.median("alloc_calls").value_or(0) > 0
            ? shown_if_any(cell.median("alloc_ns"), format_ns)
            : "-",
        shown_if_any(cell.median("short_writes"), format_count),
        shown_if_any(cell.median("enospc"), format_count),
        shown_answer(cell),
        shown(cell.median("memory_peak_bytes"), format_bytes)};
    for (const Metric& column : columns) {
      const Figure figure = cell.median_of([&](const ResultRecord& run) { return column.of(run); });
      row.push_back(figure ? column.shown(*figure) : "-");
    }
    row.push_back(cell.is_skipped() ? "skipped" : cell.failure ? "FAILED" : "");
    table.add_row(std::move(row));
  }
  return heading(group) + table.text() + page_size_line(group, labels) + notes(group) +
         own_figures_table(group, labels);
}

std::string failure_lines(const WorkloadGroup& group, const AloneLine& alone) {
  std::string text;
  for (const CellSummary& cell : group.cells) {
    if (!cell.failure) continue;
    text +=
        fmt::format("  {} {}\n", cell.is_skipped() ? "skipped" : "FAILED", cell.runs.front().name);
    // A message may have more lines: what the process printed.
    std::string_view rest = *cell.failure;
    while (!rest.empty()) {
      const size_t end = std::min(rest.find('\n'), rest.size());
      text += fmt::format("    {}\n", rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (alone && !cell.is_skipped())
      text += fmt::format("    alone: {}\n", alone(cell.runs.front()));
  }
  return text;
}

std::string format_tables(const std::vector<ResultRecord>& records, const AloneLine& alone,
                          const std::vector<Metric>& columns) {
  std::string text;
  for (const WorkloadGroup& group : group_by_workload(summarize(records))) {
    if (!text.empty()) text += "\n";
    text += strategy_table(group, columns);
    text += made_with(group);
    text += time_table(group);
    text += call_time_tables(group);
    text += published_comparison(group);
    text += failure_lines(group, alone);
  }
  return text;
}

}  // namespace daxlab
