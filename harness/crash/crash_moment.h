// Names one crash of a recorded run, so that it can be made again.
#pragma once

#include <cstdint>

namespace daxlab {

// Of a run in which the machine went down: before that event of the persist trace (or at its end),
// with that choice of what was not yet durable, see ImageChoices. The number says which persistence
// domain it is about, too. It stands for the same image with every plan.
struct CrashMoment {
  uint64_t event = 0;
  uint64_t image = 0;
  friend bool operator==(const CrashMoment&, const CrashMoment&) = default;
};

}  // namespace daxlab
