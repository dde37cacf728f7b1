// Fibers that live on from one piece of work to the next, for making one takes longer than a short
// run.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "core/engine/simulator/fiber.h"

namespace daxlab {

// Something that several fibers do together, each its part.
class FiberWork {
 public:
  // In the worker of that number. Comes back in the next work: this one is gone by then.
  virtual void do_part(uint32_t number) = 0;

 protected:
  ~FiberWork() = default;
};

// All: one real thread, which made it.
class FiberWorkers {
 public:
  struct Worker {
    uint32_t number = 0;
    std::unique_ptr<Fiber> fiber;
    FiberWork* work = nullptr;  // of which it does its part when it is switched to
    bool busy = false;          // in the middle of a part
  };

  // Not busy. One that was given up in the middle of its part goes on with a new stack; what lives
  // on the old one is given up, too.
  Worker& worker(uint32_t number);
  // Who switches to the first of them, and is switched to by the last.
  Fiber main;

 private:
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace daxlab
