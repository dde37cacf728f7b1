// A lab that outlives many workloads, and what must be as before after each of them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "harness/config/config.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {

// One thread.
class LiveLab {
 public:
  // For every cell of the same engine, medium, region and strategies. A region in a file is made
  // beside the cell's own path, in a folder of its own.
  static ErrorOr<std::unique_ptr<LiveLab>> assemble(const Config& config, const Cell& cell);
  // Two cells with the same key can use the same lab.
  static std::string key_of(const Cell& cell);

  // Runs the cell's workload with this seed, then removes its files. What went wrong: the
  // workload's failure, a plugin's unsafe answer, blocks that are not free again.
  std::optional<std::string> run(const Cell& cell, uint64_t seed);

  // Closes the lab and looks at what it leaves: a region file must be without inconsistency. Once.
  std::optional<std::string> close();

  const std::string& key() const { return key_; }

 private:
  LiveLab() = default;
  std::optional<std::string> check_space();

  std::string key_;
  std::optional<ScratchFolder> folder_;  // the baseline's files, or the region file
  std::filesystem::path region_path_;    // of a region in a file
  CallLog calls_;
  std::unique_ptr<Lab> lab_;
  bool is_baseline_ = false;
  uint64_t free_blocks_ = 0;  // when it was fresh
};

}  // namespace daxlab
