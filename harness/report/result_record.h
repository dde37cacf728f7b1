// One run's record, read from a document in Google Benchmark's JSON form.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// The parts of a name workload/engine/medium/fault/write/alloc/threads:N; "-" for what the engine
// has not.
struct NameParts {
  std::string workload, engine, medium, fault, write, alloc;
  uint64_t threads = 1;

  // "hole_read" of "hole_read:size=1GiB"
  static std::string without_options(const std::string& part);
};

struct ResultRecord {
  std::string name;
  NameParts parts;
  int64_t family_index = 0;  // the same for all repetitions of a cell
  int64_t repetition_index = 0;
  int64_t repetitions = 1;
  double real_time_ns = 0;
  double cpu_time_ns = 0;  // of the whole process
  std::optional<std::string> failure;
  std::string label;
  std::map<std::string, double> counters;  // every number that is not one of the keys above

  // nullopt: this run did not count that.
  std::optional<double> counter(const std::string& key) const;
};

// The runs of a document in its order; aggregates are left out. The error names the record.
ErrorOr<std::vector<ResultRecord>> parse_records(const std::string& json_text);

}  // namespace daxlab
