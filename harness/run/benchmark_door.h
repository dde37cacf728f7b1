// Google Benchmark is behind this door, and that of harness/bench: it times one run of a cell, and
// knows the machine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/base/json.h"
#include "harness/report/result_record.h"

namespace daxlab {

// How a run appears among others.
struct RunIdentity {
  std::string name;  // exactly that of the record
  int64_t family_index = 0;
  int64_t repetition_index = 0;
  int64_t repetitions = 1;
  int64_t threads = 1;
};

// The library's timer, for processor time; stopped at first. Both do nothing when it is so already.
class RunTimer {
 public:
  virtual void resume() = 0;
  virtual void pause() = 0;

 protected:
  ~RunTimer() = default;
};

// What a run found.
struct RunFigures {
  std::vector<std::pair<std::string, double>> counters;
  uint64_t bytes_processed = 0;    // bytes_per_second, over time_ns; 0 for none
  std::string label;               // one line that stays with the record
  std::optional<Failure> failure;  // the record has no counters then
  // The record's real time: of operations, on the average of all threads.
  double time_ns = 0;
  std::map<std::string, ResultRecord::Histogram> histograms = {};  // as the record's
};

// Calls `body` exactly once, in the calling thread. The record's real time is what it says, and its
// processor time the whole process's while the timer ran. One call at a time.
ResultRecord run_as_benchmark(const RunIdentity& identity,
                              const std::function<RunFigures(RunTimer&)>& body);

// Of a run that did not come to its end.
ResultRecord failed_record(const RunIdentity& identity, const Failure& failure);

// The record says that it is this run.
void identify(ResultRecord& record, const RunIdentity& identity);

// What the library says of this machine, now, as the context of a document in its form: a map with
// date, host_name, num_cpus, caches, load_avg and others.
Json benchmark_context();

}  // namespace daxlab
