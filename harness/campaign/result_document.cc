#include "harness/campaign/result_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "harness/run/benchmark_door.h"
#include "harness/run/machine_facts.h"

namespace daxlab {
namespace {

using Json = nlohmann::ordered_json;

// Texts in the library's part of a context: of the first run, like its numbers.
constexpr std::array librarys_texts = {"date", "host_name", "executable", "library_version",
                                       "library_build_type"};

bool is_listed(const std::string& key, const Json& value) {
  return value.is_string() &&
         std::find(librarys_texts.begin(), librarys_texts.end(), key) == librarys_texts.end();
}

// Also of values that were listed in an earlier document.
bool has_entry(std::string_view list, std::string_view entry) {
  constexpr std::string_view separator = ", ";
  for (size_t at = 0; (at = list.find(entry, at)) != list.npos; ++at) {
    const bool begins = at == 0 || list.substr(0, at).ends_with(separator);
    const std::string_view rest = list.substr(at + entry.size());
    if (begins && (rest.empty() || rest.starts_with(separator))) return true;
  }
  return false;
}

void merge(Json& context, const Json& added) {
  for (const auto& [key, value] : added.items()) {
    if (!context.contains(key)) {
      context[key] = value;
    } else if (is_listed(key, value)) {
      const auto list = context[key].get<std::string>();
      const auto entry = value.get<std::string>();
      if (!has_entry(list, entry)) context[key] = list + ", " + entry;
    }
  }
}

}  // namespace

struct ResultDocument::Content {
  Json context = Json::object();
  Json records = Json::array();
};

ResultDocument::ResultDocument() : content_(std::make_unique<Content>()) {}
ResultDocument::~ResultDocument() = default;

void ResultDocument::add_context(const std::string& json) {
  merge(content_->context, Json::parse(json));
}

void ResultDocument::add(const RunRecord& record, uint64_t family) {
  Json json = Json::parse(record.json);
  json["family_index"] = family;
  merge(content_->context, json.at("context"));
  content_->records.push_back(std::move(json));
}

std::string ResultDocument::text() const {
  const Json document = {{"context", content_->context}, {"benchmarks", content_->records}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string campaign_context(uint64_t jobs) {
  Json context = Json::parse(benchmark_context()).at("context");
  for (const auto& [key, value] : machine_facts()) context[key] = value;
  if (jobs > 1) context["jobs"] = fmt::format("{} at once: times disturb each other", jobs);
  return context.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace daxlab
