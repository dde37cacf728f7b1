// A mapping of a file and what lies behind it, for who looks how the processor shows its pages.
#pragma once

#include <cstdint>
#include <vector>

#include "core/file/file_extent.h"
#include "daxlab/types.h"

namespace daxlab {

// Who puts something where the file has no block.
enum class ShownHoles : uint32_t {
  by_file_system,  // the kernel's, which shows the whole file as it likes
  by_kernel,       // holes alone, under a strategy that asks it to
  by_strategy,
};

struct MappedRange {
  uint64_t address = 0;
  PageRange range;  // of the file, and within it
  // Of blocks in the range, in order: what they leave out is holes. Not known, and none, where a
  // file system does not tell.
  std::vector<FileExtent> extents = {};
  bool extents_are_known = true;
  ShownHoles holes = ShownHoles::by_strategy;
  // Blocks are a DAX device's, and can be shown without page cache: 2 MiB at a time where they lie
  // so.
  bool is_dax = false;
};

}  // namespace daxlab
