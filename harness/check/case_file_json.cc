#include "harness/check/case_file_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/config/nearest_name.h"
#include "harness/config/quoted_text.h"

namespace daxlab {
namespace {

constexpr size_t shown_bytes = 60;

}  // namespace

std::string CaseValue::place() const {
  if (parent_ == nullptr) return {};
  if (key_ == nullptr) return fmt::format("{}[{}]", parent_->place(), index_);
  const std::string outer = parent_->place();
  return outer.empty() ? key_ : outer + "." + key_;
}

void CaseValue::report(const std::string& text) const {
  if (failed()) return;
  const std::string at = place();
  *problem_ = at.empty() ? text : at + ": " + text;
}

std::string CaseValue::found() const {
  if (json_->is_map()) return "found a map";
  if (json_->is_list()) return "found a list";
  const std::string text = json_->dump_ascii();
  return "found " + (text.size() <= shown_bytes ? text : text.substr(0, shown_bytes) + "...");
}

bool CaseValue::is_map(std::initializer_list<std::string_view> required,
                       std::initializer_list<std::string_view> optional) const {
  if (failed()) return false;
  if (!json_->is_map()) {
    report("expected a map, " + found());
    return false;
  }
  std::vector<std::string> known(required.begin(), required.end());
  known.insert(known.end(), optional.begin(), optional.end());
  for (const auto& [key, value] : json_->members()) {
    if (std::ranges::find(known, key) == known.end()) {
      report(fmt::format("unknown key {}, {}", in_quotes(key.substr(0, shown_bytes)),
                         expected_names(key, known)));
      return false;
    }
  }
  for (const std::string_view key : required) {
    if (!json_->contains(key)) {
      report(fmt::format("expected the key '{}', found none", key));
      return false;
    }
  }
  return true;
}

std::optional<CaseValue> CaseValue::member(const char* key) const {
  const Json* value = json_->find(key);
  if (value == nullptr) return std::nullopt;
  return CaseValue(*value, *this, key, 0);
}

uint64_t CaseValue::number(uint64_t first, uint64_t last) const {
  if (failed()) return first;
  const auto value = json_->as_unsigned();
  if (value && *value >= first && *value <= last) return *value;
  if (last == UINT64_MAX) {
    report(fmt::format("expected a whole number of at least {}, {}", first, found()));
  } else {
    report(fmt::format("expected a whole number from {} to {}, {}", first, last, found()));
  }
  return first;
}

uint64_t CaseValue::number(const char* key, uint64_t first, uint64_t last,
                           uint64_t otherwise) const {
  const auto value = member(key);
  return value ? value->number(first, last) : otherwise;
}

bool CaseValue::boolean() const {
  if (failed()) return false;
  if (const auto value = json_->as_bool()) return *value;
  report("expected true or false, " + found());
  return false;
}

std::string CaseValue::text(size_t longest_bytes) const {
  if (failed()) return {};
  const std::string* value = json_->as_text();
  if (value == nullptr) {
    report("expected a text, " + found());
    return {};
  }
  if (value->size() <= longest_bytes) return *value;
  report(fmt::format("longer than {} bytes", longest_bytes));
  return {};
}

size_t CaseValue::one_of(std::span<const std::string> names) const {
  if (failed()) return 0;
  if (const std::string* word = json_->as_text()) {
    const auto at = std::ranges::find(names, *word);
    if (at != names.end()) return static_cast<size_t>(at - names.begin());
    report(fmt::format("{}, {}", expected_names(*word, names), found()));
  } else {
    report(fmt::format("{}, {}", expected_names("", names), found()));
  }
  return 0;
}

bool CaseValue::is_list() const {
  if (failed()) return false;
  if (!json_->is_list()) report("expected a list, " + found());
  return !failed();
}

size_t CaseValue::size() const { return is_list() ? json_->size() : 0; }

void CaseValue::each(size_t most, const std::function<void(const CaseValue&)>& visit) const {
  if (!is_list()) return;
  if (json_->size() > most) {
    return report(fmt::format("expected at most {} items, found {}", most, json_->size()));
  }
  for (size_t i = 0; i < json_->size() && !failed(); ++i) {
    visit(CaseValue((*json_)[i], *this, nullptr, i));
  }
}

}  // namespace daxlab
