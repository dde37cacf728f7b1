#include "harness/report/result_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string_view>

namespace daxlab {
namespace {

// Keys of Google Benchmark's own, all others with a number are counters.
constexpr std::array own_keys = {"family_index", "per_family_instance_index",
                                 "repetitions",  "repetition_index",
                                 "threads",      "iterations",
                                 "real_time",    "cpu_time"};

std::vector<std::string> split(const std::string& name) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (size_t at; (at = name.find('/', start)) != name.npos; start = at + 1) {
    parts.push_back(name.substr(start, at - start));
  }
  parts.push_back(name.substr(start));
  return parts;
}

std::optional<NameParts> parse_name(const std::string& name) {
  const std::vector<std::string> words = split(name);
  if (words.size() < 6 || words.size() > 7) return std::nullopt;
  NameParts parts{words[0], words[1], words[2], words[3], words[4], words[5], 1};
  if (words.size() == 6) return parts;
  constexpr std::string_view prefix = "threads:";
  if (!words[6].starts_with(prefix)) return std::nullopt;
  const char* const end = words[6].data() + words[6].size();
  const auto [stop, error] = std::from_chars(words[6].data() + prefix.size(), end, parts.threads);
  if (error != std::errc() || stop != end) return std::nullopt;
  return parts;
}

double ns_per(const std::string& unit) {
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  return 1;
}

ErrorOr<ResultRecord> parse_record(const nlohmann::json& json) {
  ResultRecord record;
  record.name = json.at("name").get<std::string>();
  const auto parts = parse_name(record.name);
  if (!parts) {
    return Error{
        fmt::format("'{}' is not the name of a daxlab run: expected "
                    "workload/engine/medium/fault/write/alloc[/threads:N]",
                    record.name)};
  }
  record.parts = *parts;
  record.family_index = json.value("family_index", int64_t{0});
  record.repetition_index = json.value("repetition_index", int64_t{0});
  record.repetitions = json.value("repetitions", int64_t{1});
  const double unit_ns = ns_per(json.value("time_unit", std::string("ns")));
  record.real_time_ns = json.at("real_time").get<double>() * unit_ns;
  record.cpu_time_ns = json.value("cpu_time", 0.0) * unit_ns;
  record.label = json.value("label", std::string());
  if (json.value("error_occurred", false)) {
    record.failure = json.value("error_message", std::string("failed without a message"));
  }
  for (const auto& [key, value] : json.items()) {
    if (!value.is_number()) continue;
    if (std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end()) continue;
    record.counters[key] = value.get<double>();
  }
  return record;
}

}  // namespace

std::string NameParts::without_options(const std::string& part) {
  return part.substr(0, part.find(':'));
}

std::optional<double> ResultRecord::counter(const std::string& key) const {
  const auto found = counters.find(key);
  if (found == counters.end()) return std::nullopt;
  return found->second;
}

ErrorOr<std::vector<ResultRecord>> parse_records(const std::string& json_text) try {
  std::vector<ResultRecord> records;
  const auto document = nlohmann::json::parse(json_text);
  for (const auto& json : document.at("benchmarks")) {
    if (json.value("run_type", std::string("iteration")) != "iteration") continue;
    auto record = parse_record(json);
    if (!record.ok()) return record.error();
    records.push_back(record.take());
  }
  return records;
} catch (const nlohmann::json::exception& problem) {
  return Error{fmt::format("not a result document: {}", problem.what())};
}

}  // namespace daxlab
