#include "harness/compare/expected_counters.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <utility>

#include "core/base/json.h"
#include "harness/config/first_problem.h"
#include "harness/config/node_checks.h"
#include "harness/config/yaml_reader.h"
#include "harness/report/glossary.h"

namespace daxlab {
namespace {

// Counts of what others do to this machine, and of what is timed.
constexpr std::array not_of_daxlab = {"involuntary_switches", "page_faults",      "cpus",
                                      "timed_faults",         "timed_writes",     "timed_reads",
                                      "fault_parts_one_in",   "call_parts_one_in"};

bool counts_events(const std::string& name) {
  const CounterDescription* known = find_counter(name);
  if (known == nullptr || std::ranges::count(not_of_daxlab, name) > 0) return false;
  return *known->unit == '\0' || name == "bytes_persisted";
}

std::string shown(double value) { return fmt::format("{}", value); }

void read_counter(const std::string& cell, const MapEntry& entry,
                  std::map<std::string, double>& counters, FirstProblem& problems) {
  if (find_counter(entry.key) == nullptr) {
    problems.report(
        entry.key_at,
        fmt::format("no counter is called '{}'; see daxlab list --counters", entry.key));
    return;
  }
  double value = 0;
  const std::string& text = entry.value.text;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (entry.value.kind != Node::Kind::scalar || error != std::errc() || stop != end) {
    problems.report(entry.value.at, fmt::format("{} of {}: expected a number", entry.key, cell));
    return;
  }
  counters[entry.key] = value;
}

}  // namespace

ErrorOr<ExpectedCounters> ExpectedCounters::read(const std::filesystem::path& file,
                                                 std::string_view text) {
  FirstProblem problems(file, {});
  ExpectedCounters expected;
  const auto root = read_yaml(text, 0, problems);
  if (!root) return problems.error();
  constexpr const char* shape = "a map of cells' names to counters";
  if (!check_kind(*root, Node::Kind::map, "the file", shape, problems)) return problems.error();
  for (const MapEntry& cell : root->entries) {
    if (!check_kind(cell.value, Node::Kind::map, cell.key, "counters such as faults_read: 128",
                    problems)) {
      break;
    }
    auto& counters = expected.cells_[cell.key];
    for (const MapEntry& entry : cell.value.entries) {
      read_counter(cell.key, entry, counters, problems);
    }
  }
  if (problems.any()) return problems.error();
  return expected;
}

ExpectedCounters ExpectedCounters::of(const std::vector<ResultRecord>& records) {
  ExpectedCounters expected;
  std::set<std::string> failed;
  std::map<std::string, std::map<std::string, std::pair<double, double>>> ranges;
  for (const ResultRecord& record : records) {
    if (record.failure) failed.insert(record.name);
    for (const auto& [name, value] : record.counters) {
      if (!counts_events(name)) continue;
      const auto [range, is_new] = ranges[record.name].try_emplace(name, value, value);
      range->second = {std::min(range->second.first, value), std::max(range->second.second, value)};
    }
  }
  for (const auto& [cell, counters] : ranges) {
    if (failed.contains(cell)) continue;
    auto& kept = expected.cells_[cell];
    for (const auto& [name, range] : counters) {
      if (range.first == range.second) kept[name] = range.first;
    }
  }
  return expected;
}

std::string ExpectedCounters::text() const {
  std::string text =
      "# Counters that do not change from run to run: made by daxlab run --update.\n";
  for (const auto& [cell, counters] : cells_) {
    text += fmt::format("{}:{}\n", Json(cell).dump(), counters.empty() ? " {}" : "");
    for (const auto& [name, value] : counters)
      text += fmt::format("  {}: {}\n", name, shown(value));
  }
  return text;
}

std::vector<std::string> ExpectedCounters::deviations(
    const std::vector<ResultRecord>& records) const {
  std::vector<std::string> found;
  std::set<std::string> told, run;
  const auto tell = [&](const std::string& key, const std::string& text) {
    if (told.insert(key).second) found.push_back(text);
  };
  for (const ResultRecord& record : records) {
    run.insert(record.name);
    const auto cell = cells_.find(record.name);
    if (cell == cells_.end()) {
      tell(record.name, record.name + ": nothing is expected of it; --update adds it");
      continue;
    }
    if (record.failure) {
      tell(record.name, record.name + (record.is_skipped() ? ": was skipped" : ": has failed"));
      continue;
    }
    for (const auto& [name, value] : cell->second) {
      const auto seen = record.counter(name);
      if (seen == value) continue;
      tell(fmt::format("{}: {}", record.name, name),
           fmt::format("{}: {} {}, expected {}", record.name, name,
                       seen ? shown(*seen) : "is missing", shown(value)));
    }
  }
  for (const auto& [cell, counters] : cells_) {
    if (!run.contains(cell)) tell(cell, cell + ": is expected, and was not run");
  }
  return found;
}

}  // namespace daxlab
