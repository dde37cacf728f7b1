// Programs in which few operations meet where it is dangerous: shapes that random programs have too
// seldom, each with what else happens to come along.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/histories/concurrent.h"

namespace daxlab {

struct Meeting {
  const char* name;  // "a fault fills the hole that a write was to fill"
  ConcurrentProgram program;
};
// Those of two threads come first: what exhaustive begins with.
const std::vector<Meeting>& meetings();
inline constexpr uint64_t meetings_of_two = 8;

// One of them, in every other program with an operation more. The same for the same seed,
// everywhere.
ConcurrentProgram program_of_a_meeting(uint64_t seed);

}  // namespace daxlab
