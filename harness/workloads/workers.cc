#include "harness/workloads/workers.h"

#include <latch>
#include <mutex>
#include <thread>
#include <vector>

namespace daxlab {
namespace {

class FirstFailure {
 public:
  void offer(std::optional<Failure> failure) {
    if (!failure) return;
    const std::lock_guard guard(mutex_);
    if (!failure_) failure_ = std::move(failure);
    stop.store(true, std::memory_order_relaxed);
  }
  std::optional<Failure> take() { return std::move(failure_); }  // when all threads are joined

  std::atomic<bool> stop{false};

 private:
  std::mutex mutex_;
  std::optional<Failure> failure_;
};

std::optional<Failure> run_all(std::vector<Worker>& workers, const WorkerBody& body,
                               const std::function<void()>& when_ready) {
  FirstFailure first;
  for (uint64_t i = 0; i < workers.size(); ++i) {
    workers[i].index = i;
    workers[i].stop = &first.stop;
  }
  if (workers.size() == 1) {
    when_ready();
    return body(workers[0]);
  }
  std::latch ready(static_cast<std::ptrdiff_t>(workers.size())), go(1);
  {
    std::vector<std::jthread> threads;
    for (Worker& worker : workers) {
      threads.emplace_back([&] {
        ready.count_down();
        go.wait();
        first.offer(body(worker));
      });
    }
    ready.wait();
    when_ready();
    go.count_down();
  }
  return first.take();
}

}  // namespace

std::optional<Failure> run_workers(uint64_t threads, const WorkerBody& body) {
  std::vector<Worker> workers(threads);
  return run_all(workers, body, [] {});
}

std::optional<Failure> run_timed_workers(WorkloadRun& run, uint64_t threads,
                                         const WorkerBody& body) {
  std::vector<Worker> workers(threads);
  std::optional<Failure> failure = run_all(workers, body, run.start_timing);
  run.stop_timing();
  for (const Worker& worker : workers) {
    run.latency.merge(worker.latency);
    run.operations += worker.operations;
    run.bytes_processed += worker.bytes_processed;
  }
  return failure;
}

}  // namespace daxlab
