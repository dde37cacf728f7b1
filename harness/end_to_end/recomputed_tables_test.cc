#include "harness/end_to_end/recomputed_tables_test.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <optional>
#include <sstream>

#include "harness/end_to_end/shown_tables_test.h"

namespace daxlab {
namespace {

using Figure = std::optional<double>;

double median(std::vector<double> figures) {
  std::sort(figures.begin(), figures.end());
  const size_t middle = figures.size() / 2;
  return figures.size() % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
}

struct WrittenCell {
  std::string name;
  std::vector<Json> runs;
  bool failed = false;

  std::vector<double> all(const std::function<Figure(const Json&)>& of) const {
    std::vector<double> figures;
    for (const Json& run : runs) {
      if (const Figure figure = of(run)) figures.push_back(*figure);
    }
    return failed ? std::vector<double>() : figures;
  }
  std::vector<double> all(const std::string& key) const {
    return all([&](const Json& run) { return run[key].as_double(); });
  }
  Figure median_of(const std::string& key) const {
    const std::vector<double> figures = all(key);
    return figures.empty() ? std::nullopt : Figure(median(figures));
  }
};

struct RecordedWorkload {
  std::string workload;
  double threads = 1;
  std::vector<WrittenCell> cells;
};

std::vector<RecordedWorkload> groups_of(const Json& results) {
  std::map<int64_t, WrittenCell> cells;  // by family, the place in the config
  for (const Json& run : results["benchmarks"].items()) {
    WrittenCell& cell = cells[run["family_index"].as_signed().value_or(-1)];
    cell.name = run["name"].text();
    cell.failed = cell.failed || run.contains("error_occurred");
    cell.runs.push_back(run);
  }
  std::vector<RecordedWorkload> groups;
  for (auto& [family, cell] : cells) {
    const std::string workload = cell.name.substr(0, cell.name.find('/'));
    const double threads = cell.runs[0]["threads"].as_double().value_or(0);
    const auto same = std::ranges::find_if(groups, [&](const RecordedWorkload& group) {
      return group.workload == workload && group.threads == threads;
    });
    if (same == groups.end()) {
      groups.push_back({workload, threads, {std::move(cell)}});
    } else {
      same->cells.push_back(std::move(cell));
    }
  }
  return groups;
}

Figure time_of(const Json& run) {
  const Figure operations = run["operations"].as_double();
  if (!operations || *operations <= 0) return std::nullopt;
  return run["real_time"].as_double().value_or(0) * run["threads"].as_double().value_or(0) /
         *operations;
}

class Recomputing {
 public:
  explicit Recomputing(Recomputed& result) : result_(result) {}

  void strategy_table(const ShownTable& table, const RecordedWorkload& group) {
    if (table.rows.size() != group.cells.size()) {
      return wrong(table, "rows", std::to_string(table.rows.size()),
                   std::to_string(group.cells.size()));
    }
    for (size_t i = 0; i < table.rows.size(); ++i) {
      for (size_t column = 1; column < table.columns.size(); ++column) {
        strategy_cell(table, group, i, column);
      }
    }
  }

  // Rows are figures and columns strategies, or the other way round.
  void own_table(const ShownTable& table, const ShownTable& strategies,
                 const RecordedWorkload& group) {
    std::map<std::string, const WrittenCell*> cells;
    for (size_t i = 0; i < strategies.rows.size() && i < group.cells.size(); ++i) {
      cells[strategies.rows[i][0]] = &group.cells[i];
    }
    for (const auto& row : table.rows) {
      for (size_t column = 1; column < row.size(); ++column) {
        const bool figures_are_rows = cells.contains(table.columns[column]);
        const std::string& label = figures_are_rows ? table.columns[column] : row[0];
        const std::string& counter = figures_are_rows ? row[0] : table.columns[column];
        const auto cell = cells.find(label);
        if (cell == cells.end()) {
          wrong(table, label, row[column], "a strategy of the table above");
          continue;
        }
        expect(table, label + " " + counter, row[column], cell->second->median_of(counter));
      }
    }
  }

 private:
  void wrong(const ShownTable& table, const std::string& what, const std::string& shown,
             const std::string& expected) {
    result_.wrong.push_back(
        fmt::format("{} | {}: shown '{}', expected {}", table.heading, what, shown, expected));
  }

  // "-" is no figure, or in columns that are left out when nothing is in them, none but 0.
  void expect(const ShownTable& table, const std::string& what, const std::string& shown,
              Figure expected, bool zero_is_none = false) {
    ++result_.figures;
    const double right = expected.value_or(0);
    const bool is_none = !expected || (zero_is_none && right == 0);
    if (is_none != (shown == "-" || shown.empty())) {
      return wrong(table, what, shown, is_none ? "-" : std::to_string(right));
    }
    if (is_none) return;
    const auto value = read_shown_number(shown);
    if (!value || std::abs(value->value - right) > value->tolerance + 1e-9 * std::abs(right)) {
      wrong(table, what, shown, std::to_string(right));
    }
  }

  // "812 ns ~3%", where three draws of three have their median anywhere from the least to the most.
  void expect_spread(const ShownTable& table, const std::string& what, const std::string& shown,
                     const std::vector<double>& figures) {
    const size_t sign = shown.find(" ~");
    const Figure middle = figures.empty() ? std::nullopt : Figure(median(figures));
    expect(table, what, shown.substr(0, sign), middle);
    if (figures.size() == 1 || !middle || *middle <= 0) {
      if (sign != shown.npos) wrong(table, what, shown, "no spread");
      return;
    }
    ++result_.figures;
    if (sign == shown.npos) return wrong(table, what, shown, "a spread");
    if (figures.size() != 3) return;
    const auto [least, most] = std::ranges::minmax(figures);
    const double percent = 100 * (most - least) / 2 / *middle;
    const double given = std::stod(shown.substr(sign + 2));
    if (std::abs(given - percent) > 0.501) {
      wrong(table, what + " spread", shown, fmt::format("{:.2f}%", percent));
    }
  }

  void expect_ratio(const ShownTable& table, const std::string& what, std::string shown,
                    const RecordedWorkload& group, const WrittenCell& cell) {
    const std::vector<double> base = group.cells[0].all(time_of), now = cell.all(time_of);
    const bool has_ratio = !base.empty() && !now.empty() && median(base) > 0;
    if (shown.ends_with('?')) shown.pop_back();
    expect(table, what, shown, has_ratio ? Figure(median(now) / median(base)) : std::nullopt);
  }

  void expect_faults(const ShownTable& table, const std::string& what, const std::string& shown,
                     const WrittenCell& cell) {
    constexpr const char* kinds[] = {"faults_read", "faults_write", "faults_mkwrite"};
    if (shown == "-") return expect(table, what, shown, cell.median_of(kinds[0]));
    std::istringstream parts(shown);
    std::string part;
    for (const char* kind : kinds) {
      std::getline(parts, part, '/');
      // "12.3k" has its unit right behind it.
      const size_t unit = part.find_first_of("kMG");
      if (unit != part.npos) part.insert(unit, " ");
      expect(table, what + " " + kind, part, cell.median_of(kind));
    }
  }

  // All that fitted, nothing, or a part of it; and whether what was refused keeps blocks.
  void expect_answer(const ShownTable& table, const std::string& what, const std::string& shown,
                     const WrittenCell& cell) {
    const Figure free = cell.median_of("answer_free_bytes");
    std::string answer = "-";
    if (free) {
      const double written = cell.median_of("answer_written_bytes").value_or(-1);
      const bool keeps = cell.median_of("answer_kept_bytes").value_or(-1) > 0;
      if (written > 0) answer = "partial";
      if (written == 0) answer = keeps ? "refused, keeps blocks" : "all_or_nothing";
    }
    if (shown != answer) wrong(table, what, shown, answer);
  }

  void strategy_cell(const ShownTable& table, const RecordedWorkload& group, size_t row,
                     size_t column) {
    const std::string& heading = table.columns[column];
    std::string shown = table.rows[row][column];
    const WrittenCell& cell = group.cells[row];
    const std::string what = table.rows[row][0] + " " + heading;
    const std::map<std::string, std::string> always = {{"p50", "p50_ns"},
                                                       {"memory", "memory_peak_bytes"}};
    const std::map<std::string, std::string> if_any = {{"checks", "outside_ns"},
                                                       {"rate", "bytes_per_second"},
                                                       {"in strategy", "strategy_ns"},
                                                       {"short", "short_writes"},
                                                       {"enospc", "enospc"}};
    if (heading == "time/op") return expect_spread(table, what, shown, cell.all(time_of));
    if (heading == "p99") return expect_spread(table, what, shown, cell.all("p99_ns"));
    if (heading == "ratio") return expect_ratio(table, what, shown, group, cell);
    if (heading == "at ENOSPC") return expect_answer(table, what, shown, cell);
    if (heading == "faults r/w/mk") return expect_faults(table, what, shown, cell);
    const size_t unit = shown.find_first_of("kMG");
    if (unit != shown.npos && unit + 1 == shown.size()) shown.insert(unit, " ");
    if (heading == "in alloc") {
      const bool any = cell.median_of("alloc_calls").value_or(0) > 0;
      return expect(table, what, shown, any ? cell.median_of("alloc_ns") : std::nullopt, true);
    }
    if (const auto known = always.find(heading); known != always.end()) {
      return expect(table, what, shown, cell.median_of(known->second));
    }
    if (const auto known = if_any.find(heading); known != if_any.end()) {
      return expect(table, what, shown, cell.median_of(known->second), true);
    }
    wrong(table, what, shown, "a column that is recomputed");
  }

  Recomputed& result_;
};

}  // namespace

Recomputed recompute_tables(const std::string& text, const Json& results) {
  Recomputed result;
  result.records = results["benchmarks"].items().size();
  Recomputing recomputing(result);
  const std::vector<RecordedWorkload> groups = groups_of(results);
  size_t next = 0;
  const ShownTable* strategies = nullptr;
  const std::vector<ShownTable> tables = read_tables(text);
  for (const ShownTable& table : tables) {
    const bool is_of_times = table.heading.find(" the time ") != std::string::npos;
    if (is_of_times) continue;
    ++result.tables;
    if (table.columns[0] == "strategy") {
      if (next == groups.size()) break;
      strategies = &table;
      recomputing.strategy_table(table, groups[next++]);
    } else if (strategies != nullptr) {
      recomputing.own_table(table, *strategies, groups[next - 1]);
    }
  }
  if (next != groups.size()) {
    result.wrong.push_back(
        fmt::format("{} tables of strategies, expected {}", next, groups.size()));
  }
  return result;
}

namespace {

Json run_of_test(int family, double time_ns, const Json& more) {
  Json run = {{"name", "write/mmu"},
              {"family_index", family},
              {"threads", 2},
              {"operations", 10},
              {"real_time", time_ns * 5}};
  for (const auto& [key, value] : more.members()) run.set(key, value);
  return run;
}

TEST(RecomputedTables, FindEachFigureThatIsAnotherOne) {
  const std::string text =
      "write, 2 threads\n"
      "  strategy        time/op  ratio     p50  faults r/w/mk    memory\n"
      "  page_zero  20.0 ns ±25%   1.00  8.1 ns      12.3k/0/2  2.00 KiB\n";
  const Json rest = {{"p50_ns", 8.1},
                     {"faults_read", 12345},
                     {"faults_write", 0},
                     {"faults_mkwrite", 2},
                     {"memory_peak_bytes", 2048}};
  Json results = {{"benchmarks", Json::list({run_of_test(0, 15, rest), run_of_test(0, 20, rest),
                                             run_of_test(0, 25, rest)})}};
  const Recomputed right = recompute_tables(text, results);
  EXPECT_THAT(right.wrong, testing::IsEmpty());
  EXPECT_EQ(right.records, 3u);
  EXPECT_EQ(right.figures, 8u);
  // Each figure that is another one is found.
  for (const auto& [shown, other] : std::map<std::string, std::string>{{"20.0 ns", "20.2 ns"},
                                                                       {"±25%", "±24%"},
                                                                       {"1.00 ", "1.01 "},
                                                                       {"8.1", "8.2"},
                                                                       {"12.3k", "12.4k"},
                                                                       {"/2 ", "/3 "},
                                                                       {"2.00", "2.01"},
                                                                       {"memory", "memori"}}) {
    std::string changed = text;
    changed.replace(changed.find(shown), shown.size(), other);
    EXPECT_EQ(recompute_tables(changed, results).wrong.size(), 1u) << changed;
  }
}

}  // namespace
}  // namespace daxlab
