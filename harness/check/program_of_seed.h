// Which program of several threads stands for a seed.
#pragma once

#include <cstdint>

#include "harness/histories/concurrent.h"

namespace daxlab {

// Of five seeds two are small programs of everything, and one each of calls only, a known race,
// and names. The same for the same seed, everywhere.
ConcurrentProgram program_of_seed(uint64_t seed);

}  // namespace daxlab
