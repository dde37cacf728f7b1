// Plugins that a file's runs were measured with, and that are other builds now.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "harness/campaign/run_record.h"
#include "harness/config/config.h"

namespace daxlab {

class OtherBuilds {
 public:
  // `file` is what warnings call it.
  explicit OtherBuilds(std::filesystem::path file) : file_(std::move(file)) {}

  // The plugins of a run of the file with those that its cell has now. A plugin that the cell does
  // not name any more (an override) is no other build.
  void compare(const RunRecord& record, const Config& now);

  // A line for each build that was met in the file and is not the one of now.
  const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::filesystem::path file_;
  std::set<std::string> met_;
  std::vector<std::string> warnings_;
};

}  // namespace daxlab
