// Files by name, as a workload sees them: the same interface over a daxlab region (strategies
// decide) and over a directory of the kernel's (baseline). Semantics are POSIX's where it has the
// call.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "core/file/file.h"
#include "daxlab/status.h"

namespace daxlab {

struct SpaceUse {
  uint64_t total_blocks = 0;
  uint64_t used_blocks = 0;  // counted by walking what the region holds, not as total - free
  uint64_t free_blocks = 0;  // as the allocator says
  uint64_t map_blocks = 0;   // of the used ones those that say where files' data is; 0 of baseline
  // Runs of 512 free blocks that begin at a multiple of 512: what a 2 MiB mapping needs. 0 where
  // that is not known (baseline).
  uint64_t free_huge_runs = 0;
  // Whose memory is lost and that no file has: never handed out. used + free + bad = total. Those
  // that a file has are among the used ones.
  uint64_t bad_blocks = 0;
  uint64_t reserved_blocks = 0;  // of the free ones those that the allocator says it keeps back
  // Else they change without any file (baseline): the kernel's own structures take and give back.
  bool is_exact = true;

  // Free blocks that every request can have.
  uint64_t available_blocks() const {
    return free_blocks < reserved_blocks ? 0 : free_blocks - reserved_blocks;
  }
};

// All calls: any thread.
class FileSystem {
 public:
  virtual ~FileSystem() = default;

  // exists, no_space (no inode), too_big (name over 63 bytes), invalid_argument (empty, '/').
  virtual Result<std::unique_ptr<File>> create(std::string_view name) = 0;
  virtual Result<std::unique_ptr<File>> open(std::string_view name) = 0;  // not_found
  // The name goes at once; blocks are free when the last File and View of it is gone.
  virtual Status unlink(std::string_view name) = 0;

  // Walks every file: callers stop their writers first, else used and free belong to two moments.
  virtual SpaceUse space_use() = 0;
};

}  // namespace daxlab
