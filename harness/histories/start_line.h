// Lets a few threads go at nearly the same moment, again and again.
#pragma once

#include <atomic>
#include <cstdint>

namespace daxlab {

// A std::barrier parks its threads in the kernel, which wakes them one by one: a round of a few
// microseconds would be over in one thread before the next began. So these look for each other
// first. Only one that has looked for long is parked: whom it waits for has no processor, and may
// get this one. (Who yields instead is served last on a busy machine, and each round costs a time
// slice.)
class StartLine {
 public:
  explicit StartLine(uint64_t threads) : threads_(threads) {}
  // Called by each of the threads once a round; returns when all of them have.
  void arrive_and_wait();

 private:
  const uint64_t threads_;
  std::atomic<uint64_t> arrived_{0};  // in all rounds
};

}  // namespace daxlab
