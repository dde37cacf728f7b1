#include "harness/report/csv.h"

#include <fmt/format.h>

#include <set>

#include "core/base/printable.h"

namespace daxlab {
namespace {

std::string field(const std::string& value) {
  const std::string text = printable_lines(value);  // names and failures are texts of others
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

void add_row(std::string& text, const std::vector<std::string>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) text += (i == 0 ? "" : ",") + field(fields[i]);
  text += '\n';
}

// The shortest text that is read back as the same number.
std::string number(double value) { return fmt::format("{}", value); }

}  // namespace

std::string format_csv(const std::vector<ResultRecord>& records) {
  std::set<std::string> counters;
  for (const ResultRecord& record : records) {
    for (const auto& [name, value] : record.counters) counters.insert(name);
  }
  std::vector<std::string> heading = {
      "name",  "workload", "engine",           "medium",      "fault",        "write",
      "alloc", "threads",  "repetition_index", "repetitions", "real_time_ns", "cpu_time_ns",
      "error", "label"};
  heading.insert(heading.end(), counters.begin(), counters.end());
  std::string text;
  add_row(text, heading);
  for (const ResultRecord& record : records) {
    const NameParts& parts = record.parts;
    std::vector<std::string> row = {record.name,
                                    parts.workload,
                                    parts.engine,
                                    parts.medium,
                                    parts.fault,
                                    parts.write,
                                    parts.alloc,
                                    fmt::format("{}", parts.threads),
                                    fmt::format("{}", record.repetition_index),
                                    fmt::format("{}", record.repetitions),
                                    number(record.real_time_ns),
                                    number(record.cpu_time_ns),
                                    record.failure.value_or(""),
                                    record.label};
    for (const std::string& name : counters) {
      const auto value = record.counter(name);
      row.push_back(value ? number(*value) : "");
    }
    add_row(text, row);
  }
  return text;
}

}  // namespace daxlab
