// One finished run, as results and journals hold it. In their JSON it is Google Benchmark's record,
// and besides
//   cell     the config of this cell alone, all options written out
//   plugins  kind, name, path and content_hash of each
//   context  what this run adds to the document's context
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/json.h"
#include "harness/run/cell_report.h"
#include "harness/run/cell_selection.h"

namespace daxlab {

struct RecordedPlugin {
  std::string kind, name, path, content_hash;
  friend auto operator<=>(const RecordedPlugin&, const RecordedPlugin&) = default;
};

// What the runs of a cell have in common, as long as nobody builds its plugins anew.
struct RecordedCell {
  Json config;
  std::string text;                     // of equal configs, equal
  std::vector<RecordedPlugin> plugins;  // none for baseline
  friend bool operator<(const RecordedCell& a, const RecordedCell& b) {
    return std::tie(a.text, a.plugins) < std::tie(b.text, b.plugins);
  }
};

// Several records may share a cell and a context, which are most of one.
struct RunRecord {
  ResultRecord result;
  std::shared_ptr<const RecordedCell> cell = std::make_shared<RecordedCell>();
  std::shared_ptr<const ContextEntries> context = std::make_shared<ContextEntries>();

  const std::string& name() const { return result.name; }
  uint64_t repetition() const { return static_cast<uint64_t>(result.repetition_index); }
  bool failed() const { return result.has_failed(); }
};

// Empty: there is no such entry.
std::string value_of(const ContextEntries& context, std::string_view key);

// The text of RecordedCell::text: JSON in one line with its keys sorted.
std::string cell_text(const SelectedCell& cell);

std::shared_ptr<const RecordedCell> record_cell(const SelectedCell& cell);
RunRecord make_record(std::shared_ptr<const RecordedCell> cell, const CellReport& report);

Json record_json(const RunRecord& record);
// The error says what is missing; of records that were written before they carried their cell, too.
ErrorOr<RunRecord> read_record(const Json& json);

}  // namespace daxlab
