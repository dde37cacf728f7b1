#include "harness/workloads/workers.h"

#include <fmt/format.h>

#include <latch>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/workloads/cpu_pin.h"

namespace daxlab {

// Where the workers wait for each other at the end of the ramp.
class RampEnd {
 public:
  RampEnd(uint64_t workers, const std::function<void()>& start)
      : come_(static_cast<std::ptrdiff_t>(workers)), start_(start), alone_(workers == 1) {}

  // A worker, once.
  void come_and_wait() {
    if (alone_) return start_();
    come_.count_down();
    go_.wait();
  }
  // Workers that end before their ramp has, or never begin: the others need not wait for them.
  void leave(uint64_t workers = 1) { come_.count_down(static_cast<std::ptrdiff_t>(workers)); }
  // The thread that has made the workers: nothing runs while it starts the timing.
  void wait_and_start() {
    come_.wait();
    start_();
    go_.count_down();
  }

 private:
  std::latch come_, go_{1};
  const std::function<void()>& start_;
  const bool alone_;
};

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

std::optional<Failure> pin_worker(CpuPin& pin, std::span<const uint32_t> cpus, uint64_t index) {
  return cpus.empty() ? std::nullopt : pin.pin(index, cpus[index % cpus.size()]);
}

uint64_t time_of(const Worker& worker) {
  return worker.clock_ns == nullptr ? now_ns() : (*worker.clock_ns)();
}

bool is_in_ramp(const Worker& worker) { return worker.ramp_end != nullptr; }

class Crew {
 public:
  Crew(std::vector<Worker>& workers, std::span<const uint32_t> cpus, const WorkerBody& body,
       const std::function<void()>& start_timing)
      : workers_(workers),
        cpus_(cpus),
        body_(body),
        start_timing_(start_timing),
        has_ramp_(workers[0].clock.has_ramp()),
        ramp_end_(workers.size(), start_timing) {
    for (uint64_t i = 0; i < workers.size(); ++i) {
      workers[i].index = i;
      workers[i].stop = &first_.stop;
      workers[i].ramp_end = has_ramp_ ? &ramp_end_ : nullptr;
    }
  }

  std::optional<Failure> run() {
    if (workers_.size() == 1) {
      CpuPin pin;
      if (auto failure = pin_worker(pin, cpus_, 0)) return failure;
      if (!has_ramp_) start_timing_();
      workers_[0].clock.begin(time_of(workers_[0]));
      return body_(workers_[0]);
    }
    std::latch ready(static_cast<std::ptrdiff_t>(workers_.size())), go(1);
    const auto be_one = [this, &ready, &go](Worker& worker) {
      CpuPin pin;
      first_.offer(pin_worker(pin, cpus_, worker.index));
      ready.count_down();
      go.wait();
      run_one(worker);
    };
    std::vector<std::jthread> threads;
    for (Worker& worker : workers_) {
      if (auto failure = start_thread(threads, [&be_one, &worker] { be_one(worker); })) {
        first_.offer(std::move(failure));
        const uint64_t missing = workers_.size() - worker.index;
        ready.count_down(static_cast<std::ptrdiff_t>(missing));
        if (has_ramp_) ramp_end_.leave(missing);
        break;
      }
    }
    ready.wait();
    all_ready_ = !first_.stop;
    if (!has_ramp_) start_timing_();
    go.count_down();
    if (has_ramp_) ramp_end_.wait_and_start();
    threads.clear();  // joins
    return first_.take();
  }

 private:
  // The failure: why there can be no more of them.
  std::optional<Failure> start_thread(std::vector<std::jthread>& threads,
                                      std::function<void()> body) {
    try {
      threads.emplace_back(std::move(body));
      return std::nullopt;
    } catch (const std::exception& error) {  // system_error, bad_alloc
      return Failure{fmt::format("thread {} of {} cannot be started: {}", threads.size() + 1,
                                 workers_.size(), error.what()),
                     FailureKind::limit};
    }
  }

  void run_one(Worker& worker) {
    // All bodies run, or none: they may wait for each other.
    if (all_ready_) {
      worker.clock.begin(time_of(worker));
      first_.offer(body_(worker));
    }
    if (is_in_ramp(worker)) ramp_end_.leave();
  }

  std::vector<Worker>& workers_;
  const std::span<const uint32_t> cpus_;
  const WorkerBody& body_;
  const std::function<void()>& start_timing_;
  const bool has_ramp_;
  RampEnd ramp_end_;
  FirstFailure first_;
  bool all_ready_ = true;
};

}  // namespace

bool Worker::goes_on_in_time() {
  switch (clock.phase(time_of(*this))) {
    case RunClock::Phase::own_work:
    case RunClock::Phase::ramp:
    case RunClock::Phase::counted:
      return true;
    case RunClock::Phase::over:
      return false;
    case RunClock::Phase::ramp_over:
      break;
  }
  ramp_end->come_and_wait();
  ramp_end = nullptr;
  latency = {};
  operations = operation_ns = bytes_processed = 0;
  clock.count_from(time_of(*this));
  return !stopped();
}

void Worker::add_to_trace(uint64_t begin_ns, uint64_t took_ns, uint64_t count) noexcept {
  trace->add({.kind = TraceKind::operation,
              .begin_ns = begin_ns,
              .took_ns = took_ns,
              .length_bytes = count});
}

std::optional<Failure> run_workers(const WorkloadRun& run, uint64_t threads,
                                   const WorkerBody& body) {
  std::vector<Worker> workers(threads);
  const std::function<void()> nothing = [] {};
  return Crew(workers, run.cpus, body, nothing).run();
}

std::optional<Failure> run_timed_workers(WorkloadRun& run, uint64_t threads,
                                         const WorkerBody& body) {
  std::vector<Worker> workers(threads);
  for (Worker& worker : workers) {
    worker.clock = RunClock(run.runtime_ns, run.ramp_ns);
    if (run.clock_ns) worker.clock_ns = &run.clock_ns;
    worker.trace = run.trace;
  }
  std::optional<Failure> failure = Crew(workers, run.cpus, body, run.start_timing).run();
  run.stop_timing();
  for (const Worker& worker : workers) {
    run.latency.merge(worker.latency);
    run.operations += worker.operations;
    run.operation_ns += worker.operation_ns;
    run.bytes_processed += worker.bytes_processed;
  }
  return failure;
}

}  // namespace daxlab
