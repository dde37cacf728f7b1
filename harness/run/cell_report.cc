#include "harness/run/cell_report.h"

#include "core/base/json.h"

namespace daxlab {

std::string encode(const CellReport& report) {
  Json context = Json::list();
  for (const auto& [key, value] : report.context) context.add(Json::list({key, value}));
  return Json{{"record", result_json(report.record)}, {"context", std::move(context)}}.dump();
}

std::optional<CellReport> decode_cell_report(const std::string& text) {
  const Json message = json_or_null(text);
  auto record = read_result(message["record"]);
  if (!record.ok() || !message["context"].is_list()) return std::nullopt;
  CellReport report{record.take(), {}};
  for (const Json& entry : message["context"].items()) {
    if (!entry[0].is_text() || !entry[1].is_text()) return std::nullopt;
    report.context.emplace_back(entry[0].text(), entry[1].text());
  }
  return report;
}

CellReport report_of_text(const std::string& text, const RunIdentity& identity) {
  auto report = decode_cell_report(text);
  if (!report) {
    return failed_report(
        identity, {"the cell's process sent a result that cannot be read", FailureKind::crash});
  }
  identify(report->record, identity);
  return *report;
}

CellReport failed_report(const RunIdentity& identity, const Failure& failure) {
  return {failed_record(identity, failure), {}};
}

}  // namespace daxlab
