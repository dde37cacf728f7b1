// One finished run, as results and journals hold it. In their JSON it is Google Benchmark's record,
// and besides
//   cell     the config of this cell alone, all options written out
//   plugins  kind, name, path and content_hash of each
//   context  what this run adds to the document's context
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/json.h"
#include "harness/run/cell_report.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct RecordedPlugin {
  std::string kind, name, path, content_hash;
};

struct RunRecord {
  ResultRecord result;
  Json cell;
  std::string cell_text;                // of equal cells, equal
  std::vector<RecordedPlugin> plugins;  // none for baseline
  ContextEntries context;

  const std::string& name() const { return result.name; }
  uint64_t repetition() const { return static_cast<uint64_t>(result.repetition_index); }
  bool failed() const { return result.failure.has_value(); }
};

// The text of RunRecord::cell_text: JSON in one line with its keys sorted.
std::string cell_text(const SelectedCell& cell);

RunRecord make_record(const SelectedCell& cell, const CellReport& report);

Json record_json(const RunRecord& record);
// The error says what is missing; of records that were written before they carried their cell, too.
ErrorOr<RunRecord> read_record(const Json& json);

}  // namespace daxlab
