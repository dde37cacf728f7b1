// A core that is wrong in one place: what a judge must notice. Only a schedule can make it so, and
// only for the threads that it simulates; programs with real threads have no such switch.
#pragma once

#include <cstdint>
#include <string>

#include "core/sync/schedule.h"

namespace daxlab {

struct CoreMutation {
  enum class How : uint32_t { drop, twice, swap };  // swap: with the thread's next step of its kind
  How how = How::drop;
  StepKind kind = StepKind::flush;
  std::string place;  // "core/dax/fault_path.cc:81"; empty: everywhere
  uint64_t nth = 0;   // of the run, from 1; 0: each
};

}  // namespace daxlab
