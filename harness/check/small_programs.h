// Programs for simulated threads: few operations on few pages, so that a schedule decides much and
// a finding can be read.
#pragma once

#include <cstdint>

#include "harness/histories/concurrent.h"

namespace daxlab {

// Of a file: enough for what goes from one page to the next.
inline constexpr uint64_t small_file_pages = 2;

// The same for the same seed, everywhere. Two threads, sometimes three, with one to four operations
// each on one file or two of two pages, which in every other program one thread has used before.
ConcurrentProgram small_program(uint64_t seed);

// The same of calls only, on a file of up to two pages whose end lies anywhere between words:
// threads that append, cut and read there, and take the pages beside it; in every other program
// also store there, behind the end, too, through mappings of their own. What a mapping shows behind
// the end of a file is nobody's promise, so nobody looks there through one.
ConcurrentProgram small_program_of_calls(uint64_t seed);

}  // namespace daxlab
