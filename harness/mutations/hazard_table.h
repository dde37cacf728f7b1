// The tables of plugins/hazards/README.md: what is wrong, and who finds it.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/registry/plugin_description.h"
#include "harness/judges/judge.h"

namespace daxlab {

struct Hazard {
  std::string name;
  PluginKind kind = PluginKind::fault;  // by the heading that its table stands under
  std::string wrong;
  std::string seen;  // "-": no report of the like is known
  JudgeSet found_by;
};

// The error names the line and what is wrong with it.
ErrorOr<std::vector<Hazard>> hazards_in(const std::filesystem::path& readme);

// Names of the plugins whose sources lie in the folder.
std::set<std::string> plugins_in(const std::filesystem::path& folder);

}  // namespace daxlab
