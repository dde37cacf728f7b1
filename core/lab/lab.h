// One assembled experiment: region, strategies and engine, ready to run workloads on its files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/file/cached_page.h"
#include "core/file/file_system.h"
#include "core/file/mapped_range.h"
#include "core/lab/injected_faults.h"
#include "core/region/medium.h"
#include "core/region/region_file.h"
#include "core/registry/loaded_plugin.h"

namespace daxlab {

class PersistObserver;

enum class EngineKind : uint32_t { mmu, simulator, baseline };

struct StrategySpec {
  LoadedPlugin plugin;
  std::vector<uint64_t> options;  // one for each of the plugin's options, in their order
};

struct LabSpec {
  EngineKind engine = EngineKind::mmu;
  MediumKind medium = MediumKind::memfd;
  // Multiple of block_bytes; of a file that is there and of `memory` also 0: as large as that is.
  // Not for baseline.
  uint64_t region_bytes = 0;
  // Of media that have a path, see RegionFile.
  std::string region_path;
  CreateRegion create = CreateRegion::never;
  bool force = false;

  // Baseline only: where its files go, and how.
  std::string directory;
  bool direct_io = false;
  uint64_t space_bytes = 0;          // as of BaselineOptions
  StrategySpec fault, write, alloc;  // not for baseline
  // As if the kernel gave a process so many mappings, for tests; 0: vm.max_map_count, and no limit
  // in the simulator.
  uint64_t max_kernel_mappings = 0;
  // Sees what goes to the region from then on when it is open. Outlives the lab. May be null.
  PersistObserver* observer = nullptr;

  // Simulator only: the region lies there (aligned to a page) in place of a medium of its own,
  // which spares the kernel's calls. Formatted anew, always to the same bytes (what is free is left
  // as it is); or, with keep_memory, found there and recovered, as a file would be. Such a lab
  // keeps no times (Counters). Outlives the lab.
  std::span<std::byte> memory;
  bool keep_memory = false;
  InjectedFaults faults;
};

// What the run really had, for every result row.
struct EffectiveFacts {
  std::string medium;  // "memfd"; "file (ext4)"; "fsdax (xfs)"; "devdax"; "memory" (the caller's);
                       // baseline: the file system's type, "tmpfs", "ext4-dax"
  std::string persistence_domain;  // as persistence_domain_of() has it: "ADR"
  std::string
      flush_instruction;  // "clwb", "clflushopt", "clflush"; "none" (memory); baseline: "kernel"
  std::string fault_delivery;  // "userfaultfd + SIGSEGV", "SIGSEGV alone" (where userfaultfd
                               // is forbidden), "simulated"; baseline: "the kernel's"
};

// Not movable; one owner. Everything opened from it is closed before it goes.
class Lab {
 public:
  // `log` outlives the lab.
  static ErrorOr<std::unique_ptr<Lab>> assemble(const LabSpec& spec, CallLog& log);
  virtual ~Lab() = default;

  virtual FileSystem& files() = 0;
  // Of all files, while nobody creates or unlinks any.
  virtual ErrorOr<std::vector<std::string>> file_names() = 0;
  virtual Counters& counters() = 0;
  virtual const EffectiveFacts& facts() const = 0;
  // The first unsafe answer of a plugin, naming it; the run is worthless once there is one.
  virtual std::optional<std::string> failure() const = 0;
  // Of all files, while nobody works on any. None for baseline.
  virtual std::vector<CachedPage> cached_pages() = 0;
  // Of all open files, while nobody maps or unmaps any. None of the simulator, whose addresses are
  // no processor's.
  virtual std::vector<MappedRange> mapped_ranges() = 0;
  // Of the simulator, while nobody works on any file: the first page of which a page table shows
  // something else than the core believes, in words. Other engines: nullopt.
  virtual std::optional<std::string> page_table_difference() { return std::nullopt; }
  // The region as it lies in memory, for judges: no way to store to it that would be recorded.
  // Empty for baseline.
  virtual std::span<std::byte> region_bytes() = 0;
};

// EffectiveFacts::fault_delivery of a lab on engine mmu that is made here and now; or why there is
// none.
std::string fault_delivery_here();

}  // namespace daxlab
