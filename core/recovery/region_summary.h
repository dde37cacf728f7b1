// What a region holds, for a person: as far as it can be read, whatever is wrong with it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/recovery/region_check.h"
#include "core/region/redo_log.h"
#include "core/region/region.h"

namespace daxlab {

struct FileSummary {
  uint32_t inode;
  std::string name;  // plain ASCII, other bytes as \x1b; in doubt if it is not intact
  bool name_is_intact;
  std::optional<uint64_t> size_bytes;  // nullopt: damaged
  uint64_t blocks;                     // that hold its data; a damaged map may lead to fewer
};

struct BadBlockUse {
  uint64_t block;
  std::string where;                // "file 'data' (inode 3), page 7"; "free"; "the redo log"
  std::optional<std::string> file;  // its name, as FileSummary has it; nullopt: no file's
};

struct RegionSummary {
  LogState log = LogState::idle;
  RegionContents contents;  // as recovery would find it
  std::vector<FileSummary> files;
  std::vector<BadBlockUse> bad_blocks;

  // A log to replay, or blocks past the ends of files to free: what a crash leaves, and no damage.
  bool recovery_is_pending() const {
    return log == LogState::committed || contents.blocks_past_end != 0;
  }
};

// Of a region from read_region_file: a committed log is replayed in this process's memory only.
// `report` as in check_region.
RegionSummary summarize_region(Region& region, const std::function<void(const Problem&)>& report);

}  // namespace daxlab
