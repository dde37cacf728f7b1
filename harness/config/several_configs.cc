#include "harness/config/several_configs.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <string>
#include <utility>

#include "harness/config/keys.h"
#include "harness/config/quantity.h"
#include "harness/config/quoted_text.h"

namespace daxlab {
namespace {

std::string bytes(uint64_t value) { return format_quantity(value, OptionUnit::bytes); }

std::string time(std::chrono::nanoseconds value) {
  return format_quantity(static_cast<uint64_t>(value.count()), OptionUnit::nanoseconds);
}

// What of a cell its name does not show, as in a config.
std::vector<std::pair<const char*, std::string>> unnamed_values(const Cell& cell) {
  return {{"seed", fmt::format("{}", cell.seed)},
          {"repetitions", fmt::format("{}", cell.repetitions)},
          {"time_limit", time(cell.time_limit)},
          {"cpus", fmt::format("[{}]", fmt::join(cell.cpus, ", "))},
          {"userfaultfd", userfaultfd_words()[cell.userfaultfd_forbidden ? 1 : 0]},
          {"region.size", bytes(cell.region_bytes)},
          {"region.path", in_quotes(cell.region_path.string())},
          {"region.create", name_of(cell.create)},
          {"path", in_quotes(cell.directory.string())}};
}

bool is_same(Cell first, const Cell& second) {
  first.force = second.force;
  return first == second;
}

Error differ(const std::pair<const Config*, const Cell*>& earlier, const Config& config,
             const Cell& cell) {
  std::string difference = "other values";
  const auto first = unnamed_values(*earlier.second), second = unnamed_values(cell);
  for (size_t i = 0; i < first.size(); ++i) {
    if (first[i].second == second[i].second) continue;
    difference =
        fmt::format("{} {} instead of {}", first[i].first, second[i].second, first[i].second);
    break;
  }
  return Error{
      fmt::format("{}: cell {} is in {} too, but here with {}; make them equal (--set), or "
                  "run the configs one by one",
                  printable(config.path.string(), 4096), cell.name(),
                  printable(earlier.first->path.string(), 4096), difference)};
}

}  // namespace

std::optional<Error> join_configs(std::vector<Config>& configs) {
  if (configs.size() < 2) return std::nullopt;
  std::map<std::string, std::pair<const Config*, const Cell*>> known;
  for (Config& config : configs) {
    std::vector<Cell> own;
    for (Cell& cell : config.cells) {
      const auto earlier = known.find(cell.name());
      if (earlier == known.end()) {
        own.push_back(std::move(cell));
      } else if (!is_same(*earlier->second.second, cell)) {
        return differ(earlier->second, config, cell);
      }
    }
    config.cells = std::move(own);
    for (const Cell& cell : config.cells) {
      known.emplace(cell.name(), std::pair(&std::as_const(config), &cell));
    }
  }
  return std::nullopt;
}

}  // namespace daxlab
