// Blocking functions of the C library (pthread_mutex_lock, nanosleep, clock_gettime, ...), for code
// that is not ours: in a simulated thread they belong to its schedule. A program that can simulate
// threads has its own definitions of them, which plugins find before the C library's.
#pragma once

namespace daxlab {

// What simulated threads of the calling thread still hold is given back, and their clock ends:
// called by FiberScheduler after each run, and so the linker keeps those definitions.
void end_run_of_pthread_calls();

}  // namespace daxlab
