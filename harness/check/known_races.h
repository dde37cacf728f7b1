// Programs made by hand in which a few operations race where it is dangerous: shapes that random
// programs have too seldom.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/histories/concurrent.h"

namespace daxlab {

struct KnownRace {
  const char* name;  // "a fault fills the hole that a write was to fill"
  ConcurrentProgram program;
};
// Those of two threads come first: what exhaustive begins with.
const std::vector<KnownRace>& known_races();
inline constexpr uint64_t known_races_of_two = 8;

// One of them, in every other program with an operation more. The same for the same seed,
// everywhere.
ConcurrentProgram program_of_a_known_race(uint64_t seed);

}  // namespace daxlab
