// What one run gave, from the moment it was measured until it is shown: as a struct, and in Google
// Benchmark's JSON form where it is written and read back.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/error_or.h"
#include "harness/workloads/failure.h"

namespace daxlab {

class Json;

// The parts of a name workload/engine/medium/fault/write/alloc/threads:N; "-" for what the engine
// has not.
struct NameParts {
  std::string workload, engine, medium, fault, write, alloc;
  uint64_t threads = 1;

  // Of the cells that are compared in one table: "hole_read:size=1GiB/threads:1".
  std::string group() const;

  // nullopt: it is no such name.
  static std::optional<NameParts> of(const std::string& name);
  // "hole_read" of "hole_read:size=1GiB"
  static std::string without_options(const std::string& part);
};

// How a run ended; of a cell what its runs say of it, the later word here over the earlier: one
// that has failed is not hidden by one that was skipped.
enum class RunEnd { passed, skipped, failed };

struct ResultRecord {
  std::string name;
  NameParts parts;
  int64_t family_index = 0;  // the same for all repetitions of a cell
  int64_t repetition_index = 0;
  int64_t repetitions = 1;
  int64_t iterations = 0;              // 0: it did not come to its end
  double real_time_ns = 0;             // of a thread in operations, on the average of all threads
  double cpu_time_ns = 0;              // of the whole process
  std::optional<std::string> failure;  // why it has no figures; also of a run that was skipped
  FailureKind failure_kind = FailureKind::refused;  // with a failure
  std::string label;  // "medium=memfd persistence_domain=none (volatile memory) ..."
  std::map<std::string, double> counters;  // what else was counted, by name
  // "Linux 6.1 x86_64, AMD EPYC", and the host before it where there are several. Not written: who
  // reads a file knows it from elsewhere in it.
  std::string machine = {};
  // [lowest ns of a bucket, entries] of the buckets that have any, in order; by name
  using Histogram = std::vector<std::pair<uint64_t, uint64_t>>;
  std::map<std::string, Histogram> histograms;

  RunEnd end() const {
    if (!failure) return RunEnd::passed;
    return failure_kind == FailureKind::skipped ? RunEnd::skipped : RunEnd::failed;
  }
  bool is_skipped() const { return end() == RunEnd::skipped; }
  bool has_failed() const { return end() == RunEnd::failed; }
  // nullopt: this run did not count that.
  std::optional<double> counter(const std::string& key) const;
  // The sum of all threads' times in operations over all operations; nullopt without operations.
  std::optional<double> time_per_operation_ns() const;
  double faults() const;  // of all three kinds
  // "memfd" for "medium"; empty: its label does not say.
  std::string fact(std::string_view key) const;
};

// A map with the keys that Google Benchmark gives a record, in its order: times in ns.
Json result_json(const ResultRecord& record);
// Takes other units of time, too; every number that is none of the library's own is a counter. The
// error names the key, or the record.
ErrorOr<ResultRecord> read_result(const Json& json);

}  // namespace daxlab
