// The record of one finished run, as results and journals hold it: Google Benchmark's, and besides
//   cell     the config of this cell alone, all options written out
//   plugins  kind, name, path and content_hash of each
//   context  what this run adds to the document's context
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "harness/run/cell_run.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct RecordedPlugin {
  std::string kind, name, path, content_hash;
};

struct RunRecord {
  std::string name;
  std::string cell;  // JSON in one line with its keys sorted: equal cells have equal texts
  uint64_t repetition = 0;
  bool failed = false;
  std::vector<RecordedPlugin> plugins;  // none for baseline
  std::string json;                     // all of it, in one line
};

// The text of RunRecord::cell.
std::string cell_text(const SelectedCell& cell);

// A run whose document cannot be used becomes the record of that failure.
RunRecord make_record(const SelectedCell& cell, const RunIdentity& identity, const CellRun& run);

// The error says what is missing; of records that were written before they carried their cell, too.
ErrorOr<RunRecord> read_record(const std::string& json);

}  // namespace daxlab
