// A workload: the same bytes in the same order for every cell. It sees files and views, and neither
// config nor registry, so that it cannot vary by strategy.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/trace.h"
#include "core/file/file_system.h"
#include "daxlab/options.h"
#include "harness/workloads/failure.h"
#include "harness/workloads/latency_histogram.h"

namespace daxlab {

// Axes of the matrix that a workload's result can depend on (bits).
enum Axes : uint32_t { axis_fault = 1, axis_write = 2, axis_alloc = 4 };

struct WorkloadDescription {
  const char* name;
  const char* summary;        // the question it answers
  OptionTable options;        // its keys in YAML besides name and threads; same rules as a plugin's
  uint32_t axes;              // of Axes
  bool needs_region = false;  // cannot run on baseline: looks at what only a region has
  bool multi_threaded = false;  // accepts threads > 1
  bool timed = false;           // accepts a runtime: repeats its operations until the time is over
  // Options that each say how many threads do one thing. Unless all are 0, `threads` is their sum.
  std::span<const char* const> thread_roles = {};
  bool fills_space = false;  // to its last block: of a baseline as much as a region has
};

// What a workload is given, and where it puts what it found.
struct WorkloadRun {
  std::reference_wrapper<FileSystem> files;
  OptionValues options;  // in the order of its table
  uint64_t threads = 1;
  uint64_t seed = 1;
  uint64_t region_bytes = 0;  // 0 for baseline
  // For `timed` workloads: how long to go on, of which the first ramp_ns come before start_timing.
  uint64_t runtime_ns = 0;  // 0: the workload's own amount of work
  uint64_t ramp_ns = 0;
  std::span<const uint32_t> cpus = {};  // worker i runs on cpus[i % size]; empty: anywhere
  // The time that runtime_ns is counted by, called by any thread; empty: the monotonic clock.
  std::function<uint64_t()> clock_ns = {};

  Trace* trace = nullptr;  // where operations are traced; nullptr: they are not

  // Called when set-up is over and again after the last operation; only what lies between is timed.
  std::function<void()> start_timing, stop_timing;
  // Called at the ends of phases, when memory use may be at its highest: an observer measures the
  // process. Not timed.
  std::function<void()> measure_memory;

  // All threads merged; one entry per operation, or per operation of a seeded sample where reading
  // the clock would cost more than the operation.
  LatencyHistogram latency;
  uint64_t operations = 0;
  uint64_t operation_ns = 0;  // of all threads, in operations alone: not what makes or checks data
  uint64_t bytes_processed = 0;
  // Figures of this workload's own, by the name that results show ("reference_ns_per_page").
  std::vector<std::pair<std::string, double>> extra;
};

class Workload {
 public:
  virtual ~Workload() = default;
  virtual const WorkloadDescription& description() const = 0;
  // Once per instance.
  virtual std::optional<Failure> run(WorkloadRun& run) = 0;
};

// All workloads, by name.
std::span<const WorkloadDescription* const> all_workloads();
std::unique_ptr<Workload> make_workload(std::string_view name);  // nullptr: no such workload

}  // namespace daxlab
