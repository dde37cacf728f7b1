#include "harness/proving/check_answers.h"

#include <nlohmann/json.hpp>

#include "harness/check/case_file.h"

namespace daxlab {
namespace {

using nlohmann::json;

std::string text_of(const json& message) {
  return message.dump(-1, ' ', false, json::error_handler_t::replace);
}

json json_of(const Explored& explored) {
  json map = {{"exhausted", explored.exhausted}, {"time_ns", explored.time.count()}};
  for (const auto& [name, count] : explored_counts) map[name] = explored.*count;
  return map;
}

Explored explored_of(const json& map) {
  Explored explored;
  for (const auto& [name, count] : explored_counts) map.at(name).get_to(explored.*count);
  map.at("exhausted").get_to(explored.exhausted);
  explored.time = std::chrono::nanoseconds(map.at("time_ns").get<int64_t>());
  return explored;
}

json json_of(const Verdict& verdict) {
  json map = {{"judge", name_of(verdict.judge)},
              {"expected", verdict.expected},
              {"seen", verdict.seen},
              {"where", verdict.where}};
  if (verdict.at) map["at"] = *verdict.at;
  return map;
}

Verdict verdict_of(const json& map) {
  Verdict verdict;
  const auto judge = judge_named(map.at("judge").get<std::string>());
  if (judge.ok()) verdict.judge = judge.value();
  map.at("expected").get_to(verdict.expected);
  map.at("seen").get_to(verdict.seen);
  map.at("where").get_to(verdict.where);
  if (map.contains("at")) verdict.at = map.at("at").get<uint64_t>();
  return verdict;
}

Error unreadable(const std::string& why) {
  return Error{"the answer of its process cannot be read: " + why};
}

}  // namespace

std::string encode(const Explored& explored) { return text_of(json_of(explored)); }

std::string encode(const ErrorOr<CheckReport>& report) {
  if (!report.ok()) return text_of({{"error", report.error().message}});
  json message = {{"explored", json_of(report.value().explored)}};
  if (report.value().finding) message["finding"] = case_text(*report.value().finding);
  return text_of(message);
}

std::string encode(const ErrorOr<ReplayReport>& report) {
  if (!report.ok()) return text_of({{"error", report.error().message}});
  json message = {{"story", report.value().story}, {"trace", report.value().trace}};
  if (report.value().verdict) message["verdict"] = json_of(*report.value().verdict);
  return text_of(message);
}

std::optional<Explored> decode_explored(const std::string& text) try {
  return explored_of(json::parse(text));
} catch (const json::exception&) {
  return std::nullopt;
}

ErrorOr<CheckReport> decode_check_report(const std::string& text) try {
  const json message = json::parse(text);
  if (message.contains("error")) return Error{message.at("error").get<std::string>()};
  CheckReport report;
  report.explored = explored_of(message.at("explored"));
  if (message.contains("finding")) {
    auto finding = parse_case(message.at("finding").get_ref<const std::string&>(), "its finding");
    if (!finding.ok()) return unreadable(finding.error().message);
    report.finding = finding.take();
  }
  return report;
} catch (const json::exception& error) {
  return unreadable(error.what());
}

ErrorOr<ReplayReport> decode_replay_report(const std::string& text) try {
  const json message = json::parse(text);
  if (message.contains("error")) return Error{message.at("error").get<std::string>()};
  ReplayReport report;
  message.at("story").get_to(report.story);
  message.at("trace").get_to(report.trace);
  if (message.contains("verdict")) report.verdict = verdict_of(message.at("verdict"));
  return report;
} catch (const json::exception& error) {
  return unreadable(error.what());
}

}  // namespace daxlab
