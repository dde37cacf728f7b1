#include "harness/campaign/result_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/run/benchmark_door.h"
#include "harness/run/build_facts.h"
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

// Lines below the first further in. No text of JSON holds a bare newline.
std::string indented(const std::string& text, size_t spaces) {
  std::string lines;
  for (const char c : text) {
    lines += c;
    if (c == '\n') lines.append(spaces, ' ');
  }
  return lines;
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
  records_ += records_.empty() ? "\n    " : ",\n    ";
  records_ += indented(json.dump(2), 4);
}

std::string ResultDocument::text() const {
  std::string text = "{\n  \"context\": " + indented(context_.dump(2), 2);
  text += ",\n  \"benchmarks\": [";
  text += records_;
  text += records_.empty() ? "]\n}\n" : "\n  ]\n}\n";
  return text;
}

Json campaign_context(uint64_t jobs) {
  Json context = benchmark_context();
  // Times are ours, and so is what they depend on: some distributions build the library with its
  // asserts.
  context.set("library_build_type", build_type());
  for (const auto& [key, value] : machine_facts()) context.set(key, value);
  if (jobs > 1) context.set("jobs", fmt::format("{} at once: times disturb each other", jobs));
  return context;
}

std::string machine_of(const std::vector<Json>& contexts) {
  std::string machine;
  for (const char* key : {"kernel", "cpu_model"}) {
    for (const Json& context : contexts) {
      const std::string value = context[key].text();
      if (!has_entry(machine, value)) machine += (machine.empty() ? "" : ", ") + value;
    }
  }
  return machine;
}

}  // namespace daxlab
