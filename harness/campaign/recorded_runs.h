// Runs that were finished earlier, read back.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "harness/campaign/run_record.h"

namespace daxlab {

struct RecordedRuns {
  std::vector<Json> contexts;  // maps, one or more
  std::vector<RunRecord> records;
  std::optional<std::string> interrupted = {};  // "3 of 8 runs"
};

// Of a file that --out wrote, whole or interrupted; aggregates are left out. The error names the
// file, and what is wrong with it.
ErrorOr<RecordedRuns> read_results(const std::filesystem::path& file);

// All that a file holds. The error names the file.
ErrorOr<std::string> read_whole_file(const std::filesystem::path& file);

}  // namespace daxlab
