// What several simulated threads do in the tests of this folder.
#pragma once

#include "core/engine/simulator/fiber_scheduler.h"
#include "core/sync/schedule.h"

namespace daxlab {

inline void step() {
  in_schedule(StepKind::store, nullptr, SourceLocation::current(), [] {});
}

// Each thread loads, gives way, and stores one more.
struct LostUpdate {
  int value = 0;
  SimulatedThread thread(int times) {
    return {[this, times] {
              for (int i = 0; i < times; ++i) {
                step();
                const int seen = value;
                step();
                value = seen + 1;
              }
            },
            0};
  }
};

}  // namespace daxlab
