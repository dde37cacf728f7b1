#include "harness/compare/pairing.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "harness/config/nearest_name.h"

namespace daxlab {
namespace {

// All runs of one cell.
struct RecordedCellRuns {
  std::string name;
  std::vector<const RunRecord*> runs;
};

// What says which cell it is, besides the name: not how often it is run or for how long at most.
Json identity_of(const RunRecord& run) {
  Json config = run.cell->config;
  for (const char* key : {"repetitions", "time_limit"}) config.remove(key);
  return config;
}

// Runs of one name whose configs differ, in seed, region or path, are of two cells.
std::vector<RecordedCellRuns> cells_of(const RecordedRuns& runs) {
  std::vector<RecordedCellRuns> cells;
  std::map<std::pair<std::string, std::string>, size_t> places;
  std::map<std::string, std::string> identities;  // of texts, of which there are fewer than runs
  for (const RunRecord& record : runs.records) {
    const auto [text, is_new_text] = identities.try_emplace(record.cell->text);
    if (is_new_text) text->second = with_sorted_keys(identity_of(record)).dump();
    const auto [place, is_new] = places.try_emplace({record.name(), text->second}, cells.size());
    if (is_new) cells.push_back({record.name(), {}});
    cells[place->second].runs.push_back(&record);
  }
  return cells;
}

// Why there are none; otherwise the figures of all runs.
std::optional<std::string> take_figures(const RecordedCellRuns& cell, const Metric& metric,
                                        std::vector<double>& figures) {
  for (const RunRecord* run : cell.runs) {
    if (run->failed()) return "a run has failed";
    if (run->result.is_skipped()) return "a run was skipped";
    const auto figure = metric.of(run->result);
    if (!figure) return fmt::format("its runs have no {}", metric.name);
    figures.push_back(*figure);
  }
  return std::nullopt;
}

// "region.size is '1MiB' in one, '2MiB' in the other" of the first value that differs. An option of
// a plugin or workload that only one of two builds knows is at its default, for the names are
// equal.
std::optional<std::string> first_difference(const Json& one, const Json& other,
                                            const std::string& place = {}) {
  const bool holds_options = place == "workloads.0" || place == "fault" || place == "write" ||
                             place == "alloc" || place.starts_with("workloads.0.file");
  const auto inner = [&](const std::string& key) {
    return place.empty() ? key : place + "." + key;
  };
  if (one.is_map() && other.is_map()) {
    for (const auto& [key, value] : one.members()) {
      if (!other.contains(key) && holds_options) continue;
      if (auto found = first_difference(value, other[key], inner(key))) return found;
    }
    for (const auto& [key, value] : other.members()) {
      if (one.contains(key) || holds_options) continue;
      if (auto found = first_difference(Json(), value, inner(key))) return found;
    }
    return std::nullopt;
  }
  if (one.is_list() && other.is_list() && one.items().size() == other.items().size()) {
    for (size_t i = 0; i < one.items().size(); ++i) {
      if (auto found = first_difference(one[i], other[i], inner(std::to_string(i)))) return found;
    }
    return std::nullopt;
  }
  const auto shown = [](const Json& json) { return json.is_text() ? json.text() : json.dump(); };
  if (shown(one) == shown(other)) return std::nullopt;
  return fmt::format("{} is '{}' in one, '{}' in the other", place, shown(one), shown(other));
}

constexpr std::array facts_of_cells = {"effective_medium", "persistence_domain",
                                       "flush_instruction", "fault_delivery"};
constexpr std::array facts_of_machines = {"kernel", "cpu_model", "num_cpus"};

void note(std::vector<std::string>& differences, const std::string& where, const std::string& what,
          const std::string& one, const std::string& other) {
  if (one == other) return;
  differences.push_back(
      fmt::format("{}: {} is '{}' in one, '{}' in the other", where, what, one, other));
}

void note_machines(const RecordedRuns& base, const RecordedRuns& now,
                   std::vector<std::string>& differences) {
  const auto fact = [](const RecordedRuns& runs, const char* key) {
    const Json& value = runs.contexts.front()[key];
    return value.is_text() ? value.text() : value.dump();
  };
  for (const char* key : facts_of_machines) {
    note(differences, "the machine", key, fact(base, key), fact(now, key));
  }
}

std::optional<std::string> config_difference(const RecordedCellRuns& one,
                                             const RecordedCellRuns& other) {
  return first_difference(identity_of(*one.runs.front()), identity_of(*other.runs.front()));
}

// Of strategies that are compared: what they ran on and with, where both have it.
std::optional<std::string> ground_difference(const RecordedCellRuns& one,
                                             const RecordedCellRuns& other) {
  const Json &before = one.runs.front()->cell->config, &after = other.runs.front()->cell->config;
  if (auto found = first_difference(before["seed"], after["seed"], "seed")) return found;
  const Json &size = before["region"]["size"], &other_size = after["region"]["size"];
  if (size.is_null() || other_size.is_null()) return std::nullopt;
  return first_difference(size, other_size, "region.size");
}

enum class Configs { alike, of_strategies };

void note_cells(const RecordedCellRuns& base, const RecordedCellRuns& now, Configs configs,
                std::vector<std::string>& differences) {
  const RunRecord &one = *base.runs.front(), &other = *now.runs.front();
  for (const char* key : facts_of_cells) {
    note(differences, now.name, key, value_of(*one.context, key), value_of(*other.context, key));
  }
  const auto differs =
      configs == Configs::alike ? config_difference(base, now) : ground_difference(base, now);
  if (differs) differences.push_back(now.name + ": " + *differs);
}

void add_sample(const std::string& name, const RecordedCellRuns& base, const RecordedCellRuns& now,
                const Metric& metric, Configs configs, Pairing& pairing) {
  PairedSample sample{name, {}, {}};
  auto missing = take_figures(base, metric, sample.base);
  if (!missing) missing = take_figures(now, metric, sample.now);
  if (missing) {
    pairing.left_out.push_back(name + ": " + *missing);
    return;
  }
  note_cells(base, now, configs, pairing.differences);
  pairing.samples.push_back(std::move(sample));
}

struct NamePart {
  const char* word;
  std::string NameParts::*value;
};
constexpr std::array<NamePart, 5> name_parts = {{{"fault", &NameParts::fault},
                                                 {"write", &NameParts::write},
                                                 {"alloc", &NameParts::alloc},
                                                 {"engine", &NameParts::engine},
                                                 {"medium", &NameParts::medium}}};

std::string rest_of_name(NameParts parts, const NamePart& part) {
  (parts.*part.value).clear();  // any
  return fmt::format("{}/{}/{}/{}/{}/{}/threads:{}", parts.workload, parts.engine, parts.medium,
                     parts.fault, parts.write, parts.alloc, parts.threads);
}

}  // namespace

Pairing pair_files(const RecordedRuns& base, const RecordedRuns& now, const Metric& metric) {
  Pairing pairing;
  const std::vector<RecordedCellRuns> before = cells_of(base), after = cells_of(now);
  note_machines(base, now, pairing.differences);
  std::set<const RecordedCellRuns*> met;
  const auto find = [&](const RecordedCellRuns& cell, bool alike) -> const RecordedCellRuns* {
    const auto fits = [&](const RecordedCellRuns& other) {
      return other.name == cell.name && !met.contains(&other) &&
             !(alike && config_difference(other, cell));
    };
    const auto found = std::ranges::find_if(before, fits);
    return found == before.end() ? nullptr : &*found;
  };
  // Cells of one name may be there with several seeds: those that are alike belong together.
  std::vector<const RecordedCellRuns*> others;
  for (const RecordedCellRuns& cell : after) met.insert(others.emplace_back(find(cell, true)));
  for (size_t i = 0; i < after.size(); ++i) {
    if (others[i] == nullptr) met.insert(others[i] = find(after[i], false));
    if (others[i] == nullptr) {
      pairing.left_out.push_back(after[i].name + ": is in the second file only");
    } else {
      add_sample(after[i].name, *others[i], after[i], metric, Configs::alike, pairing);
    }
  }
  for (const RecordedCellRuns& cell : before) {
    if (!met.contains(&cell)) {
      pairing.left_out.push_back(cell.name + ": is in the first file only");
    }
  }
  return pairing;
}

ErrorOr<Pairing> pair_by(const RecordedRuns& runs, const std::string& part, const Metric& metric) {
  const auto chosen =
      std::ranges::find_if(name_parts, [&](const NamePart& known) { return part == known.word; });
  if (chosen == name_parts.end()) {
    std::vector<std::string> words;
    for (const NamePart& known : name_parts) words.emplace_back(known.word);
    return Error{
        fmt::format("--by: no part of a cell is called {}: {}", part, expected_names(part, words))};
  }
  Pairing pairing;
  const std::vector<RecordedCellRuns> cells = cells_of(runs);
  std::map<std::string, const RecordedCellRuns*> firsts;
  for (const RecordedCellRuns& cell : cells) {
    const NameParts& parts = cell.runs.front()->result.parts;
    const auto [first, is_new] = firsts.try_emplace(rest_of_name(parts, *chosen), &cell);
    if (is_new) continue;
    const std::string& base = first->second->runs.front()->result.parts.*chosen->value;
    add_sample(fmt::format("{} (base {})", cell.name, base), *first->second, cell, metric,
               Configs::of_strategies, pairing);
  }
  return pairing;
}

}  // namespace daxlab
