// A config, checked and resolved: every word known, every value in range, every plugin found.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "core/registry/registry.h"
#include "harness/workloads/workload.h"

namespace daxlab {

// A plugin or workload by name, with a value for each of its options in their order.
struct Choice {
  std::string name;
  std::vector<uint64_t> values;
  std::vector<std::string> non_defaults;  // "around=16", in table order: for the run name
  std::string label() const;              // "global_zero:around=16"
  friend bool operator==(const Choice&, const Choice&) = default;
};

// How baseline's read() and write() go: through the page cache, or past it.
enum class IoKind : uint32_t { buffered, direct };

struct Cell {
  Choice workload;
  uint64_t threads = 1;
  EngineKind engine = EngineKind::mmu;
  MediumKind medium = MediumKind::memfd;
  // 0: a region that is as large as it is. Of baseline what its files can have together, where the
  // workload fills that; otherwise 0: what there is.
  uint64_t region_bytes = 0;
  // Of media that have a path, as LabSpec has them.
  std::filesystem::path region_path;
  CreateRegion create = CreateRegion::if_missing;
  bool force = false;               // not of the YAML: whoever runs it says so
  std::filesystem::path directory;  // baseline
  bool directory_in_name = false;   // of a config whose baselines have several, or a list of them
  IoKind io = IoKind::buffered;     // baseline
  Choice fault, write, alloc;       // empty names for baseline
  uint64_t seed = 1;
  uint64_t repetitions = 1;
  std::chrono::nanoseconds time_limit{};
  // A run for a fixed time, which begins to count after `ramp`; 0: the workload's own amount of
  // work.
  std::chrono::nanoseconds runtime{}, ramp{};
  std::vector<uint32_t> cpus;  // thread i runs on cpus[i % size]; empty: where the kernel likes
  // To the cell's process, as a container forbids it. Engine mmu only, which can do without.
  bool userfaultfd_forbidden = false;

  // "write:block_size=4KiB,runtime=5s,ramp=1s"
  std::string workload_label() const;
  // workload/engine/medium/fault/write/alloc/threads:N, "-" for what the engine has not. A runtime
  // is shown among the workload's options; of baseline a directory, when it is, in the place of the
  // medium, and "direct" in that of write.
  std::string name() const;
  friend bool operator==(const Cell&, const Cell&) = default;
};

// "dev-shm" of /dev/shm: what a name shows.
std::string directory_name(const std::filesystem::path& directory);

// Strategies that meet in one lab, whatever its engine, medium and workload.
struct Combination {
  Choice fault, write, alloc;
  std::string name() const;  // "global_zero:around=16/partial/first_fit"
};

struct Config {
  std::filesystem::path path;
  std::vector<Cell> cells;                 // no two of one name; in the order of the file
  std::vector<Combination> combinations;   // each once; also those that no workload tells apart
  bool random_order = true;                // of runs; otherwise in the order of `cells`
  uint64_t seed = 1;                       // of that order too
  std::vector<PluginDescription> plugins;  // all that cells and combinations name

  const PluginDescription& plugin(PluginKind kind, const std::string& name) const;
};

// Reads a YAML file. `overrides` are key=value as given to --set: a dotted path to a key
// (region.size=1GiB, matrix.fault=[page_zero]) and a YAML value. The error is one line
// "file:line:column: what, what was expected, the nearest valid name" (1-based), or
// "--set key=value: ..." for an override.
ErrorOr<Config> load_config(const std::filesystem::path& path,
                            const std::vector<std::string>& overrides, Registry& registry);

// The same for a text that is no file's. `path` is what messages and Config::path say.
ErrorOr<Config> load_config_text(const std::filesystem::path& path, std::string_view text,
                                 const std::vector<std::string>& overrides, Registry& registry);

// Names of enumerators as written in YAML and results.
const char* name_of(EngineKind engine);
const char* name_of(IoKind io);

}  // namespace daxlab
