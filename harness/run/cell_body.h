// What a cell's process does: loads the plugins, assembles the lab, runs the workload under the
// timer.
#pragma once

#include <filesystem>

#include "core/base/trace.h"
#include "harness/config/config.h"
#include "harness/run/benchmark_door.h"
#include "harness/run/cell_report.h"
#include "harness/run/channel.h"

namespace daxlab {

// `directory`: where a baseline's files go, empty otherwise.
// `trace`: where its measured part is traced; nullptr: nowhere.
CellReport run_cell_body(const Config& config, const Cell& cell, const RunIdentity& identity,
                         const std::filesystem::path& directory, CellChannel& channel, CallLog& log,
                         Trace* trace);

}  // namespace daxlab
