#include "core/engine/simulator/pthread_calls.h"

#include "core/engine/simulator/pthread_simulated.h"

namespace daxlab {

#if defined(DAXLAB_TSAN)

void end_run_of_pthread_calls() {}

#else

void end_run_of_pthread_calls() {
  keep_pthread_locks();
  keep_pthread_conditions();
  keep_pthread_clocks();
  objects().end_run();
}

#endif

}  // namespace daxlab
