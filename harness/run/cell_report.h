// What a run of a cell has given, and its way from the cell's process to the parent.
#pragma once

#include <optional>
#include <string>

#include "harness/report/result_record.h"
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

}  // namespace daxlab
