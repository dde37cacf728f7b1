// What a run of a cell has given, and its way from the cell's process to the parent.
#pragma once

#include <optional>
#include <string>

#include "harness/report/result_record.h"
#include "harness/run/benchmark_door.h"
#include "harness/run/machine_facts.h"

namespace daxlab {

struct CellReport {
  ResultRecord record;
  ContextEntries context;  // what the lab really had; for the parent also what was asked for
};

// As text for the channel, and back; nullopt when it is not such a text. Bytes that are no UTF-8
// are replaced.
std::string encode(const CellReport& report);
std::optional<CellReport> decode_cell_report(const std::string& text);

// What the parent makes of a text that a cell's process has sent: which run it was is not for that
// process, with its plugins, to say.
CellReport report_of_text(const std::string& text, const RunIdentity& identity);
CellReport failed_report(const RunIdentity& identity, const Failure& failure);

}  // namespace daxlab
