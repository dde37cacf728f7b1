// Programs in which names and mappings come and go, while other threads use them.
#pragma once

#include <cstdint>

#include "harness/histories/concurrent.h"

namespace daxlab {

// The same for the same seed, everywhere. Two threads, sometimes three, with one to four operations
// each: half of them make, visit and unlink one name or two, the others load and store through
// mappings of their own beside those that change the same page. Needs a region with space for all.
ConcurrentProgram small_program_of_names(uint64_t seed);

// Whether the program makes names. Crashes of such programs are not judged.
bool makes_names(const ConcurrentProgram& program);

}  // namespace daxlab
