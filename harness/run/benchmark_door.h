// Google Benchmark is behind this door and used nowhere else: it times one run of a cell and writes
// the JSON record of it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace daxlab {

// How a run appears among others.
struct RunIdentity {
  std::string name;  // exactly the "name" and "run_name" of the record
  int64_t family_index = 0;
  int64_t repetition_index = 0;
  int64_t repetitions = 1;
  int64_t threads = 1;
};

// The timer of the run; stopped at first. Both do nothing when it is so already.
class RunTimer {
 public:
  virtual void resume() = 0;
  virtual void pause() = 0;

 protected:
  ~RunTimer() = default;
};

// What a run found besides its time.
struct RunFigures {
  std::vector<std::pair<std::string, double>> counters;
  uint64_t bytes_processed = 0;        // bytes_per_second, over the time of the run; 0 for none
  std::string label;                   // one line that stays with the record
  std::optional<std::string> failure;  // the record says error_occurred and has no counters
};

// Calls `body` exactly once, in the calling thread, and gives a JSON document in Google Benchmark's
// form with one record. Times in the record are real time and the whole process's processor time,
// in ns, while the timer ran. One call at a time.
std::string run_as_benchmark(const RunIdentity& identity,
                             const std::function<RunFigures(RunTimer&)>& body);

// The same document for a run that did not come to its end.
std::string failed_benchmark(const RunIdentity& identity, const std::string& failure);

// The same document without a record: its context describes this machine, now.
std::string benchmark_context();

}  // namespace daxlab
