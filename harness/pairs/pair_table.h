// The cells of `harness/soak --pairs`: fault strategies with all of their options on the real
// engine, under workloads that change files beneath mappings.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/region/medium.h"
#include "core/registry/plugin_description.h"

namespace daxlab {

// Of all threads of a cell together.
inline constexpr uint64_t fewest_operations = 500;

// A fault strategy with a value for each of its options.
struct StrategyVariant {
  Json choice;                // as a config has it: {"name": "global_zero", "around": 16, ...}
  uint64_t around_pages = 0;  // 0: it has no such option
};

// Every combination of what its options may be: `around` 1, 2, 3, 16, 64 and 512 as far as it takes
// them, switches and choices all that there is. Other numbers stay at their defaults.
std::vector<StrategyVariant> variants_of(const PluginDescription& plugin);

struct PairRow {
  std::string workload;
  StrategyVariant fault;
  uint64_t threads = 1, mappings = 1;
  MediumKind medium = MediumKind::memfd;
  bool userfaultfd_forbidden = false;

  // Of each file: four times `around` at least, so that there are windows that change and windows
  // beside them.
  uint64_t file_pages() const;
  // By all mappings of all files. Each may need a kernel mapping, of which a process has 65,530.
  uint64_t mapped_pages() const;
};
inline constexpr uint64_t most_mapped_pages = 40'000;

// Rows in which every two values of two axes meet that can: workload, variant, threads, mappings,
// medium, userfaultfd. None maps more than most_mapped_pages.
std::vector<PairRow> pair_rows(std::span<const PluginDescription> faults);

// A config with the row as its only cell. `region_path` is for medium file: made anew each time.
std::string config_text(const PairRow& row, const std::filesystem::path& region_path);

}  // namespace daxlab
