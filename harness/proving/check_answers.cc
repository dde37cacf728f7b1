#include "harness/proving/check_answers.h"

#include "core/base/json_fields.h"
#include "harness/check/case_file.h"

namespace daxlab {
namespace {

Json answer_of(const Explored& explored) {
  Json map = {{"distinct_is_estimate", explored.distinct_is_estimate},
              {"exhausted", explored.exhausted},
              {"time_ns", explored.time.count()}};
  for (const auto& [name, count] : explored_counts) map.set(name, explored.*count);
  return map;
}

Explored explored_of(const JsonFields& fields) {
  Explored explored;
  int64_t time_ns = 0;
  for (const auto& [name, count] : explored_counts) fields.read(name, explored.*count);
  fields.read("distinct_is_estimate", explored.distinct_is_estimate);
  fields.read("exhausted", explored.exhausted);
  fields.read("time_ns", time_ns);
  explored.time = std::chrono::nanoseconds(time_ns);
  return explored;
}

Json answer_of(const Verdict& verdict) {
  Json map = {{"judge", name_of(verdict.judge)},
              {"expected", verdict.expected},
              {"seen", verdict.seen},
              {"where", verdict.where}};
  if (verdict.at) map.set("at", *verdict.at);
  return map;
}

Verdict verdict_of(const JsonFields& fields) {
  Verdict verdict;
  std::string name;
  fields.read("judge", name);
  const auto judge = judge_named(name);
  if (judge.ok()) verdict.judge = judge.value();
  fields.read("expected", verdict.expected);
  fields.read("seen", verdict.seen);
  fields.read("where", verdict.where);
  fields.read_if_there("at", verdict.at);
  return verdict;
}

Error unreadable(const std::string& why) {
  return Error{"the answer of its process cannot be read: " + why};
}

// A map that is no error of its own.
ErrorOr<Json> message_of(const std::string& text) {
  auto message = parse_json(text);
  if (!message.ok()) return unreadable(message.error().message);
  if (const std::string* error = message.value()["error"].as_text()) return Error{*error};
  return message;
}

}  // namespace

std::string encode(const Explored& explored) { return answer_of(explored).dump(); }

std::string encode(const ErrorOr<CheckReport>& report) {
  if (!report.ok()) return Json{{"error", report.error().message}}.dump();
  Json message = {{"explored", answer_of(report.value().explored)}};
  if (report.value().finding) message.set("finding", case_text(*report.value().finding));
  return message.dump();
}

std::string encode(const ErrorOr<ReplayReport>& report) {
  if (!report.ok()) return Json{{"error", report.error().message}}.dump();
  Json message = {{"story", report.value().story}, {"trace", report.value().trace}};
  if (report.value().verdict) message.set("verdict", answer_of(*report.value().verdict));
  return message.dump();
}

std::optional<Explored> decode_explored(const std::string& text) {
  const Json message = json_or_null(text);
  std::optional<std::string> problem;
  const Explored explored = explored_of({message, problem});
  return problem ? std::nullopt : std::optional(explored);
}

ErrorOr<CheckReport> decode_check_report(const std::string& text) {
  const auto message = message_of(text);
  if (!message.ok()) return message.error();
  std::optional<std::string> problem, finding_text;
  const JsonFields fields(message.value(), problem);
  CheckReport report;
  report.explored = explored_of({fields.map("explored"), problem});
  fields.read_if_there("finding", finding_text);
  if (problem) return unreadable(*problem);
  if (finding_text) {
    auto finding = parse_case(*finding_text, "its finding");
    if (!finding.ok()) return unreadable(finding.error().message);
    report.finding = finding.take();
  }
  return report;
}

ErrorOr<ReplayReport> decode_replay_report(const std::string& text) {
  const auto message = message_of(text);
  if (!message.ok()) return message.error();
  std::optional<std::string> problem;
  const JsonFields fields(message.value(), problem);
  ReplayReport report;
  fields.read("story", report.story);
  fields.read("trace", report.trace);
  if (fields.has("verdict")) report.verdict = verdict_of({fields.map("verdict"), problem});
  if (problem) return unreadable(*problem);
  return report;
}

}  // namespace daxlab
