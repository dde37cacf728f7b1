// A region in a file in which a great many blocks are mapped, made without writing them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "core/base/error_or.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {

enum class Placement {
  contiguous,  // the file's pages follow each other in the region
  scattered,   // every other block, in an order that jumps about: as many runs as blocks
};

// In a folder of its own below $TMPDIR or /var/tmp; both go with it. The blocks are holes of the
// file below, but for superblocks, tables and map nodes: those are what opening reads.
class MappedRegionFile {
 public:
  // A power of two.
  static ErrorOr<std::shared_ptr<MappedRegionFile>> make(uint64_t mapped_blocks,
                                                         Placement placement);
  std::filesystem::path path() const { return folder_.path() / "region"; }
  explicit MappedRegionFile(ScratchFolder folder) : folder_(std::move(folder)) {}

 private:
  ScratchFolder folder_;
};

}  // namespace daxlab
