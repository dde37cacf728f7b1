#include "core/engine/simulator/fiber_workers.h"

#include <utility>

namespace daxlab {

FiberWorkers::Worker& FiberWorkers::worker(uint32_t number) {
  while (workers_.size() <= number) {
    auto made = std::make_unique<Worker>();
    made->number = static_cast<uint32_t>(workers_.size());
    workers_.push_back(std::move(made));
  }
  Worker& worker = *workers_[number];
  if (worker.fiber == nullptr || worker.busy) {
    worker.busy = false;
    worker.fiber = std::make_unique<Fiber>([&worker] {
      for (;;) worker.work->do_part(worker.number);
    });
  }
  return worker;
}

}  // namespace daxlab
