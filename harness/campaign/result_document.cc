#include "harness/campaign/result_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/run/benchmark_door.h"
#include "harness/run/machine_facts.h"

namespace daxlab {
namespace {

// Texts in the library's part of a context: of the first run, like its numbers.
constexpr std::array librarys_texts = {"date", "host_name", "executable", "library_version",
                                       "library_build_type"};

bool is_listed(const std::string& key, const Json& value) {
  return value.is_text() &&
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

}  // namespace

void ResultDocument::add_context(const Json& context) {
  for (const auto& [key, value] : context.members()) {
    Json* known = context_.find(key);
    if (known == nullptr) {
      context_.set(key, value);
    } else if (is_listed(key, value) && known->is_text() &&
               !has_entry(known->text(), value.text())) {
      *known = known->text() + ", " + value.text();
    }
  }
}

void ResultDocument::add(const RunRecord& record, uint64_t family) {
  Json json = record_json(record);
  json.set("family_index", family);
  add_context(json["context"]);
  records_.add(std::move(json));
}

std::string ResultDocument::text() const {
  return Json{{"context", context_}, {"benchmarks", records_}}.dump(2) + "\n";
}

Json campaign_context(uint64_t jobs) {
  Json context = benchmark_context();
  for (const auto& [key, value] : machine_facts()) context.set(key, value);
  if (jobs > 1) context.set("jobs", fmt::format("{} at once: times disturb each other", jobs));
  return context;
}

}  // namespace daxlab
