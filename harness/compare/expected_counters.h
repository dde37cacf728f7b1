// Counters that do not drift: recorded once in a YAML file, and the same in every run after that,
// or something has changed.
//
//   "hole_read:size=1MiB/mmu/memfd/page_zero/partial/first_fit/threads:1":
//     faults_read: 256
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "harness/report/result_record.h"

namespace daxlab {

class ExpectedCounters {
 public:
  // The error: "FILE:line:column: what".
  static ErrorOr<ExpectedCounters> read(const std::filesystem::path& file, std::string_view text);
  // Of each cell what counts events, and is the same in all of its runs. Cells of which a run has
  // failed are left out.
  static ExpectedCounters of(const std::vector<ResultRecord>& records);

  std::string text() const;

  // "NAME: faults_read 2048, expected 128", the first run of each cell and counter; cells that have
  // failed, that were not run, or of which nothing is expected.
  std::vector<std::string> deviations(const std::vector<ResultRecord>& records) const;

 private:
  std::map<std::string, std::map<std::string, double>> cells_;
};

}  // namespace daxlab
