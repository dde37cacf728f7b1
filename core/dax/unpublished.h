// Blocks on their way out of a file: in no block map any more, but perhaps in the hands of threads
// that looked them up before.
#pragma once

#include <cstdint>
#include <vector>

#include "core/dax/dax_parts.h"
#include "core/dax/shared_file.h"

namespace daxlab {

struct Unpublished {
  std::vector<Extent> extents;
  uint32_t ticket = 0;  // of the file's pins, taken when they were unpublished
};

// Waits for readers and writers that may still copy, then gives the blocks to the allocator. The
// caller holds no pin, for it would wait for itself, and no lock that a thread with a pin could
// want: those of a fault. Not in a fault.
void give_back(DaxParts& parts, SharedFile& file, const Unpublished& unpublished);

}  // namespace daxlab
