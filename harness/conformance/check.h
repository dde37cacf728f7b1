// The checks of each contract: core/include/daxlab/alloc.h, fault.h, write.h.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/conformance/finding.h"
#include "harness/conformance/subject.h"

namespace daxlab {

struct Check {
  std::string name;     // snake_case
  std::string promise;  // of the contract, one sentence without its dot
  // Runs in a process of its own, which may end in it. Nothing found: the promise was kept.
  std::function<std::optional<Finding>(const Subject&)> run;
};

std::vector<Check> alloc_checks();
std::vector<Check> fault_checks();
std::vector<Check> write_checks();
std::vector<Check> checks_of(PluginKind kind);

}  // namespace daxlab
