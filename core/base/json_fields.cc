#include "core/base/json_fields.h"

#include <fmt/format.h>

namespace daxlab {

JsonFields::JsonFields(const Json& json, std::optional<std::string>& problem)
    : json_(json), problem_(problem) {
  if (!json.is_map() && !problem_) problem_ = "it is no map";
}

void JsonFields::report(std::string_view key, std::string_view expected) const {
  if (problem_) return;
  problem_ =
      has(key) ? fmt::format("'{}' is no {}", key, expected) : fmt::format("'{}' is missing", key);
}

template <class Value>
void JsonFields::take(std::string_view key, const std::optional<Value>& found, Value& value,
                      std::string_view expected) const {
  if (!found) report(key, expected);
  if (!problem_) value = *found;
}

void JsonFields::read(std::string_view key, bool& value) const {
  take(key, json_[key].as_bool(), value, "boolean");
}

void JsonFields::read(std::string_view key, uint32_t& value) const {
  std::optional<uint32_t> found;
  const auto number = json_[key].as_unsigned();
  if (number && *number <= UINT32_MAX) found = static_cast<uint32_t>(*number);
  take(key, found, value, "whole number of 32 bits");
}

void JsonFields::read(std::string_view key, uint64_t& value) const {
  take(key, json_[key].as_unsigned(), value, "whole number");
}

void JsonFields::read(std::string_view key, int64_t& value) const {
  take(key, json_[key].as_signed(), value, "whole number");
}

void JsonFields::read(std::string_view key, double& value) const {
  take(key, json_[key].as_double(), value, "number");
}

void JsonFields::read(std::string_view key, std::string& value) const {
  if (!json_[key].is_text()) report(key, "text");
  if (!problem_) value = json_[key].text();
}

void JsonFields::read(std::string_view key, std::vector<std::string>& value) const {
  std::vector<std::string> texts;
  for (const Json& item : list(key)) {
    if (!item.is_text()) report(key, "list of texts");
    texts.push_back(item.text());
  }
  if (!problem_) value = std::move(texts);
}

const Json& JsonFields::map(std::string_view key) const {
  if (!json_[key].is_map()) report(key, "map");
  return json_[key];
}

const std::vector<Json>& JsonFields::list(std::string_view key) const {
  if (!json_[key].is_list()) report(key, "list");
  return json_[key].items();
}

}  // namespace daxlab
