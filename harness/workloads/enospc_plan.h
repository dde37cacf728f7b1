// The two ways to fill a region: alone, where every answer can be checked, and in a race.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>

#include "harness/workloads/filled_file.h"
#include "harness/workloads/workload.h"

namespace daxlab {

struct EnospcPlan {
  WorkloadRun& run;
  const char* workload;
  uint64_t block_size_bytes;
  OnShort on_short;
  uint64_t file_bytes;  // a file that has reached it is done with
  uint64_t rounds;      // times that space is freed
  // What was free at first. Files that seem to hold more than that have lost some of it: writing
  // ends, and the last verification finds it.
  uint64_t capacity_bytes;
};

// What is left when all writers are done: every file that is still there.
struct EnospcEnd {
  std::deque<FilledFile> files = {};
  CallerCounts counts = {};
  bool overfull = false;
  std::optional<Failure> failure = std::nullopt;
};

// One thread, the same history for every run: after each failed write nothing may have changed,
// after each short write exactly what it returned, and once space is freed the same write succeeds.
EnospcEnd fill_alone(const EnospcPlan& plan);
// run.threads writers, and one thread that verifies files they are done with and frees them while
// they write.
EnospcEnd fill_in_a_race(const EnospcPlan& plan);

}  // namespace daxlab
