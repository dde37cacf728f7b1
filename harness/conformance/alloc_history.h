// Random calls of one thread to an allocator, which can be replayed and shortened.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "harness/conformance/alloc_trial.h"

namespace daxlab {

struct AllocStep {
  bool is_free = false;
  AllocationRequest request{};  // allocate
  // free: which of the extents that are held, modulo their number, and which part of it.
  uint64_t which = 0;
  uint64_t skipped_blocks = 0;  // modulo its length
  uint64_t blocks = 0;          // at most that many of the rest
};

struct AllocHistory {
  Geometry geometry{};
  std::vector<Extent> marked;  // held from the beginning
  std::vector<AllocStep> steps;
};

// The same for the same seed, everywhere.
AllocHistory random_alloc_history(uint64_t seed);

// Plays it on a new instance; at the end everything is freed, and must be one run again.
std::optional<Finding> play(const Subject& subject, const AllocHistory& history);

// Plays those of `count` seeds from `first_seed` on. The first finding, with as few steps as still
// lead to one.
std::optional<Finding> check_alloc_histories(const Subject& subject, uint64_t first_seed,
                                             uint64_t count);

}  // namespace daxlab
