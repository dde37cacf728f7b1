// Random histories that go where strategies break: page edges, holes, pages that several views
// share, unaligned ends of files, views past the end.
#pragma once

#include <cstdint>

#include "harness/histories/history.h"

namespace daxlab {

// The same history for the same seed, everywhere. 20 to 60 operations, each defined by the model.
// Needs at most 9 files of history_file_bytes at one time, those without a name included.
History random_history(uint64_t seed);
// The same with so many operations, 3 or more: one begins as the other does.
History random_history(uint64_t seed, uint64_t operations);

}  // namespace daxlab
