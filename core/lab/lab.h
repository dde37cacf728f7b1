// One assembled experiment: region, strategies and engine, ready to run workloads on its files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/call_log.h"
#include "core/base/counters.h"
#include "core/base/error_or.h"
#include "core/file/file_system.h"
#include "core/registry/loaded_plugin.h"

namespace daxlab {

enum class EngineKind : uint32_t { mmu, simulator, baseline };
enum class MediumKind : uint32_t { memfd };

struct StrategySpec {
  LoadedPlugin plugin;
  std::vector<uint64_t> options;  // one for each of the plugin's options, in their order
};

struct LabSpec {
  EngineKind engine = EngineKind::mmu;
  MediumKind medium = MediumKind::memfd;
  uint64_t region_bytes = 0;         // multiple of block_bytes; not for baseline
  std::filesystem::path directory;   // baseline only: where its files go
  StrategySpec fault, write, alloc;  // not for baseline
};

// What the run really had, for every result row.
struct EffectiveFacts {
  std::string medium;              // "memfd"; baseline: the file system's type, "tmpfs"
  std::string persistence_domain;  // "none (volatile memory)", later "ADR", "eADR"
  std::string flush_instruction;   // "clwb", "clflushopt", "clflush"; baseline: "kernel"
};

// Not movable; one owner. Everything opened from it is closed before it goes.
class Lab {
 public:
  // `log` outlives the lab.
  static ErrorOr<std::unique_ptr<Lab>> assemble(const LabSpec& spec, CallLog& log);
  virtual ~Lab() = default;

  virtual FileSystem& files() = 0;
  virtual Counters& counters() = 0;
  virtual const EffectiveFacts& facts() const = 0;
  // The first unsafe answer of a plugin, naming it; the run is worthless once there is one.
  virtual std::optional<std::string> failure() const = 0;
};

}  // namespace daxlab
