#include "harness/report/result_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "core/base/json_fields.h"
#include "harness/report/glossary.h"

namespace daxlab {
namespace {

// Keys of Google Benchmark's own, all others with a number are counters.
constexpr std::array own_keys = {"family_index", "per_family_instance_index",
                                 "repetitions",  "repetition_index",
                                 "threads",      "iterations",
                                 "real_time",    "cpu_time"};

std::vector<std::string> parts_between_slashes(const std::string& name) {
  std::vector<std::string> parts;
  size_t start = 0;
  for (size_t at; (at = name.find('/', start)) != name.npos; start = at + 1) {
    parts.push_back(name.substr(start, at - start));
  }
  parts.push_back(name.substr(start));
  return parts;
}

double ns_per(const std::string& unit) {
  if (unit == "us") return 1e3;
  if (unit == "ms") return 1e6;
  if (unit == "s") return 1e9;
  return 1;
}

Json histogram_json(const ResultRecord::Histogram& histogram) {
  Json buckets = Json::list();
  for (const auto& [first_ns, count] : histogram) buckets.add(Json::list({first_ns, count}));
  return buckets;
}

// nullopt: it is none.
std::optional<ResultRecord::Histogram> read_histogram(const Json& json) {
  ResultRecord::Histogram histogram;
  for (const Json& bucket : json.items()) {
    const auto first_ns = bucket[0].as_unsigned(), count = bucket[1].as_unsigned();
    if (bucket.size() != 2 || !first_ns || !count) return std::nullopt;
    histogram.emplace_back(*first_ns, *count);
  }
  return histogram;
}

// What is wrong with it.
std::optional<std::string> read_kind(const Json& json, FailureKind& into) {
  for (const FailureKind kind : failure_kinds) {
    if (json != name_of(kind)) continue;
    into = kind;
    return std::nullopt;
  }
  return "failure_kind is none that daxlab knows";
}

bool is_own_key(const std::string& key) {
  return std::find(own_keys.begin(), own_keys.end(), key) != own_keys.end();
}

}  // namespace

std::optional<NameParts> NameParts::of(const std::string& name) {
  const std::vector<std::string> words = parts_between_slashes(name);
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

std::string NameParts::group() const { return fmt::format("{}/threads:{}", workload, threads); }

std::string NameParts::without_options(const std::string& part) {
  return part.substr(0, part.find(':'));
}

double ResultRecord::faults() const {
  return counter("faults_read").value_or(0) + counter("faults_write").value_or(0) +
         counter("faults_mkwrite").value_or(0);
}

// A value ends where the next key begins: it may have spaces.
std::string ResultRecord::fact(std::string_view key) const {
  const auto is_key = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  const std::string sought = fmt::format(" {}=", key);
  const std::string text = " " + label;
  const size_t at = text.find(sought);
  if (at == text.npos) return {};
  const size_t begin = at + sought.size();
  for (size_t space = text.find(' ', begin); space != text.npos;
       space = text.find(' ', space + 1)) {
    const auto word = text.begin() + static_cast<std::ptrdiff_t>(space) + 1;
    const auto end = std::find_if_not(word, text.end(), is_key);
    if (end != word && end != text.end() && *end == '=') return text.substr(begin, space - begin);
  }
  return text.substr(begin);
}

std::optional<double> ResultRecord::time_per_operation_ns() const {
  const double operations = counter("operations").value_or(0);
  if (operations <= 0) return std::nullopt;
  return real_time_ns * static_cast<double>(parts.threads) / operations;
}

std::optional<double> ResultRecord::counter(const std::string& key) const {
  const auto found = counters.find(key);
  if (found == counters.end()) return std::nullopt;
  return found->second;
}

Json result_json(const ResultRecord& record) {
  Json json = {{"name", record.name},
               {"family_index", record.family_index},
               {"per_family_instance_index", 0},
               {"run_name", record.name},
               {"run_type", "iteration"},
               {"repetitions", record.repetitions},
               {"repetition_index", record.repetition_index},
               {"threads", record.parts.threads}};
  if (record.failure) {
    json.set("error_occurred", true);
    json.set("error_message", *record.failure);
    json.set("failure_kind", name_of(record.failure_kind));
  }
  json.set("iterations", record.iterations);
  json.set("real_time", record.real_time_ns);
  json.set("cpu_time", record.cpu_time_ns);
  json.set("time_unit", "ns");
  for (const auto& [name, value] : record.counters) json.set(name, value);
  for (const auto& [name, histogram] : record.histograms) json.set(name, histogram_json(histogram));
  if (!record.label.empty()) json.set("label", record.label);
  return json;
}

ErrorOr<ResultRecord> read_result(const Json& json) {
  ResultRecord record;
  std::optional<std::string> problem;
  const JsonFields fields(json, problem);
  fields.read("name", record.name);
  if (problem) return Error{*problem};
  const auto parts = NameParts::of(record.name);
  if (!parts) {
    return Error{
        fmt::format("'{}' is not the name of a daxlab run: expected "
                    "workload/engine/medium/fault/write/alloc[/threads:N]",
                    record.name)};
  }
  record.parts = *parts;
  std::string unit = "ns", message = "failed without a message";
  bool has_failed = false;
  fields.read_if_there("family_index", record.family_index);
  fields.read_if_there("repetition_index", record.repetition_index);
  fields.read_if_there("repetitions", record.repetitions);
  fields.read_if_there("iterations", record.iterations);
  fields.read("real_time", record.real_time_ns);
  fields.read_if_there("cpu_time", record.cpu_time_ns);
  fields.read_if_there("time_unit", unit);
  fields.read_if_there("label", record.label);
  fields.read_if_there("error_occurred", has_failed);
  fields.read_if_there("error_message", message);
  if (json.contains("failure_kind") && !problem) {
    problem = read_kind(json["failure_kind"], record.failure_kind);
  }
  if (problem) return Error{fmt::format("the record of '{}': {}", record.name, *problem)};
  record.real_time_ns *= ns_per(unit);
  record.cpu_time_ns *= ns_per(unit);
  if (has_failed) record.failure = message;
  for (const auto& [key, value] : json.members()) {
    if (value.is_number() && !is_own_key(key)) record.counters[key] = *value.as_double();
    if (!is_histogram(key)) continue;
    const auto histogram = read_histogram(value);
    if (!histogram) {
      return Error{
          fmt::format("the record of '{}': {} is no list of [ns, entries]", record.name, key)};
    }
    record.histograms[key] = *histogram;
  }
  return record;
}

}  // namespace daxlab
