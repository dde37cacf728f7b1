#include "harness/campaign/result_document.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/campaign/listed_values.h"
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
    } else if (is_listed(key, value) && known->is_text()) {
      // What was merged before is a list itself.
      const bool is_list = key == "shard" || key == "matrix_cells";
      for (const std::string& entry :
           is_list ? entries_of(value.text()) : std::vector{value.text()}) {
        *known = with_entry(known->text(), entry);
      }
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

}  // namespace daxlab
