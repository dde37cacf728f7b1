// Which figure of a run is compared.
#pragma once

#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/report/result_record.h"

namespace daxlab {

// "time" (per operation), "memory", "p50", "p90", "p99", "p999", "max", "fault_p50", "fault_p99",
// or the name of a counter.
struct Metric {
  std::string name = "time";

  // No figure is called so, and the nearest that is.
  std::optional<Error> check() const;
  // nullopt: that run has no such figure.
  std::optional<double> of(const ResultRecord& run) const;
  bool more_is_better() const { return name == "bytes_per_second"; }
  std::string shown(double value) const;
};

}  // namespace daxlab
