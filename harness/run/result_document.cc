#include "harness/run/result_document.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace daxlab {

using Json = nlohmann::ordered_json;

struct ResultDocument::Content {
  Json context;                                                           // Google Benchmark's
  std::vector<std::pair<std::string, std::vector<std::string>>> entries;  // ours
  Json records = Json::array();
};

ResultDocument::ResultDocument() : content_(std::make_unique<Content>()) {}
ResultDocument::~ResultDocument() = default;

ErrorOr<size_t> ResultDocument::add(const std::string& json_text) {
  const Json document = Json::parse(json_text, nullptr, /*allow_exceptions=*/false);
  const auto is = [](const Json& json, const char* key, Json::value_t type) {
    return json.is_object() && json.contains(key) && json.at(key).type() == type;
  };
  if (!is(document, "context", Json::value_t::object) ||
      !is(document, "benchmarks", Json::value_t::array)) {
    return Error{"the result of a cell's process is not a document of Google Benchmark"};
  }
  for (const Json& record : document.at("benchmarks")) {
    if (!is(record, "name", Json::value_t::string) ||
        !is(record, "real_time", Json::value_t::number_float)) {
      return Error{"a record of a cell's process has no name or no time"};
    }
  }
  if (content_->context.is_null()) content_->context = document.at("context");
  for (const Json& record : document.at("benchmarks")) content_->records.push_back(record);
  return document.at("benchmarks").size();
}

void ResultDocument::add_context(const ContextEntries& entries) {
  for (const auto& [key, value] : entries) {
    const auto known =
        std::find_if(content_->entries.begin(), content_->entries.end(),
                     [&, &name = key](const auto& entry) { return entry.first == name; });
    if (known == content_->entries.end()) {
      content_->entries.push_back({key, {value}});
    } else if (std::find(known->second.begin(), known->second.end(), value) ==
               known->second.end()) {
      known->second.push_back(value);
    }
  }
}

std::string ResultDocument::text() const {
  Json context = content_->context.is_null() ? Json::object() : content_->context;
  for (const auto& [key, values] : content_->entries) {
    std::string joined;
    for (const std::string& value : values) joined += (joined.empty() ? "" : ", ") + value;
    context[key] = joined;
  }
  Json document;
  document["context"] = std::move(context);
  document["benchmarks"] = content_->records;
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace daxlab
