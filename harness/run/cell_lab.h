// The lab of a cell: its plugins, loaded, and what else it is assembled from.
#pragma once

#include <filesystem>

#include "core/base/call_log.h"
#include "core/base/error_or.h"
#include "core/lab/lab.h"
#include "harness/config/config.h"

namespace daxlab {

// Loads the cell's plugins into this process; the spec holds them. `directory`: where a baseline's
// files go, empty otherwise. `log` outlives the lab. The error names the plugin.
ErrorOr<LabSpec> load_lab_spec(const Config& config, const Cell& cell,
                               const std::filesystem::path& directory, CallLog& log);

}  // namespace daxlab
