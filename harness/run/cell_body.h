// What a cell's process does: loads the plugins, assembles the lab, runs the workload under the
// timer.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "harness/config/config.h"
#include "harness/run/benchmark_door.h"
#include "harness/run/channel.h"
#include "harness/run/machine_facts.h"

namespace daxlab {

struct CellReport {
  std::string document;
  ContextEntries effective;  // what the lab really had
  std::optional<std::string> failure;
};

// `directory`: where a baseline's files go, empty otherwise.
CellReport run_cell_body(const Config& config, const Cell& cell, const RunIdentity& identity,
                         const std::filesystem::path& directory, CellChannel& channel,
                         CallLog& log);

// As text for the channel, and back; nullopt when it is not such a text.
std::string encode(const CellReport& report);
std::optional<CellReport> decode_cell_report(const std::string& text);

}  // namespace daxlab
