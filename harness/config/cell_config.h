// A cell as a config of its own: what a result carries, so that exactly this cell can be run again.
#pragma once

#include <string>

#include "core/base/json.h"
#include "harness/config/config.h"
#include "harness/config/config_loader.h"

namespace daxlab {

// Every option is written out, also those at their defaults. `config` is the cell's; `workloads`
// are those that it was loaded with.
Json cell_config(const Config& config, const Cell& cell, WorkloadTable workloads = all_workloads());
// The same as text. JSON is YAML, too: loaded again, it gives one cell equal to this one in all but
// `force`.
std::string cell_config_text(const Config& config, const Cell& cell,
                             WorkloadTable workloads = all_workloads());

}  // namespace daxlab
