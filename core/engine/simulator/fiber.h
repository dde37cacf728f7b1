// One fiber: a stack of its own on which a function runs until it lets another one go on.
// Boost.Context is behind this door.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace daxlab {

// All: one real thread, which made it.
class Fiber {
 public:
  // Of the thread itself, so that fibers can give back to it.
  Fiber();
  // Runs `body` when it is first switched to. The body ends by switching away for good.
  explicit Fiber(std::function<void()> body);
  // Its stack is free for the next one; what lives on it is given up, no destructor runs.
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // `from` is running; it stops here until somebody switches to it.
  static void switch_to(Fiber& to, Fiber& from);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace daxlab
