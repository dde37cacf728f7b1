#include "harness/check/program_of_seed.h"

#include "harness/check/known_races.h"
#include "harness/check/programs_of_names.h"
#include "harness/check/small_programs.h"

namespace daxlab {

ConcurrentProgram program_of_seed(uint64_t seed) {
  switch (seed % 5) {
    case 1:
      return small_program_of_calls(seed);
    case 3:
      return program_of_a_known_race(seed);
    case 4:
      return small_program_of_names(seed);
    default:
      return small_program(seed);
  }
}

}  // namespace daxlab
