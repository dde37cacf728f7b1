#include "core/base/json.h"

#include <algorithm>
#include <cassert>
#include <type_traits>
#include <utility>

namespace daxlab {
namespace {

const Json& null_json() {
  static const Json null;
  return null;
}

}  // namespace

Json::Json() = default;
Json::Json(std::nullptr_t) {}
Json::Json(Truth value) : value_(static_cast<bool>(value)) {}
Json::Json(int value) : Json(static_cast<long long>(value)) {}
Json::Json(unsigned value) : Json(static_cast<unsigned long long>(value)) {}
Json::Json(long value) : Json(static_cast<long long>(value)) {}
Json::Json(unsigned long value) : value_(uint64_t{value}) {}
// What is not negative is unsigned, whatever type it came as.
Json::Json(long long value) {
  if (value >= 0) {
    value_ = static_cast<uint64_t>(value);
  } else {
    value_ = static_cast<int64_t>(value);
  }
}
Json::Json(unsigned long long value) : value_(static_cast<uint64_t>(value)) {}
Json::Json(double value) : value_(value) {}
Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(std::string_view text) : value_(std::string(text)) {}
Json::Json(const char* text) : value_(std::string(text)) {}
Json::Json(std::initializer_list<JsonMember> members) : value_(Members(members)) {}

Json Json::map() { return map_of({}); }
Json Json::map_of(std::vector<JsonMember> members) {
  Json json;
  json.value_ = std::move(members);
  return json;
}
Json Json::list(std::initializer_list<Json> items) { return list_of(Items(items)); }
Json Json::list_of(std::vector<Json> items) {
  Json json;
  json.value_ = std::move(items);
  return json;
}

Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;
Json::~Json() = default;

bool Json::is_null() const { return value_.index() == 0; }
bool Json::is_text() const { return std::holds_alternative<std::string>(value_); }
bool Json::is_list() const { return std::holds_alternative<Items>(value_); }
bool Json::is_map() const { return std::holds_alternative<Members>(value_); }
bool Json::is_number() const { return as_double().has_value(); }

std::optional<bool> Json::as_bool() const {
  const bool* value = std::get_if<bool>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<uint64_t> Json::as_unsigned() const {
  const uint64_t* value = std::get_if<uint64_t>(&value_);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

std::optional<int64_t> Json::as_signed() const {
  if (const auto* value = std::get_if<int64_t>(&value_)) return *value;
  const auto value = as_unsigned();
  if (!value || *value > static_cast<uint64_t>(INT64_MAX)) return std::nullopt;
  return static_cast<int64_t>(*value);
}

std::optional<double> Json::as_double() const {
  if (const auto* value = std::get_if<double>(&value_)) return *value;
  if (const auto* value = std::get_if<uint64_t>(&value_)) return static_cast<double>(*value);
  if (const auto* value = std::get_if<int64_t>(&value_)) return static_cast<double>(*value);
  return std::nullopt;
}

const std::string* Json::as_text() const { return std::get_if<std::string>(&value_); }

const std::string& Json::text() const& {
  static const std::string none;
  return is_text() ? *as_text() : none;
}

const std::vector<Json>& Json::items() const& {
  static const Items none;
  const Items* items = std::get_if<Items>(&value_);
  return items == nullptr ? none : *items;
}

const std::vector<JsonMember>& Json::members() const& {
  static const Members none;
  const Members* members = std::get_if<Members>(&value_);
  return members == nullptr ? none : *members;
}

std::string Json::text() && { return std::as_const(*this).text(); }
std::vector<Json> Json::items() && { return std::as_const(*this).items(); }
std::vector<JsonMember> Json::members() && { return std::as_const(*this).members(); }
Json Json::operator[](size_t index) && { return std::as_const(*this)[index]; }
Json Json::operator[](std::string_view key) && { return std::as_const(*this)[key]; }

std::vector<Json>& Json::changeable_items() {
  assert(is_list());
  return *std::get_if<Items>(&value_);
}

size_t Json::size() const { return is_map() ? members().size() : items().size(); }

const Json* Json::find(std::string_view key) const {
  for (const JsonMember& member : members()) {
    if (member.key == key) return &member.value;
  }
  return nullptr;
}

Json* Json::find(std::string_view key) { return const_cast<Json*>(std::as_const(*this).find(key)); }

const Json& Json::operator[](size_t index) const& {
  return index < items().size() ? items()[index] : null_json();
}

const Json& Json::operator[](std::string_view key) const& {
  const Json* value = find(key);
  return value == nullptr ? null_json() : *value;
}

Json& Json::set(std::string_view key, Json value) {
  if (is_null()) *this = map();
  assert(is_map());
  if (Json* known = find(key)) return *known = std::move(value);
  auto& members = *std::get_if<Members>(&value_);
  return members.emplace_back(JsonMember{std::string(key), std::move(value)}).value;
}

void Json::remove(std::string_view key) {
  if (auto* members = std::get_if<Members>(&value_)) {
    std::erase_if(*members, [&](const JsonMember& member) { return member.key == key; });
  }
}

Json& Json::add(Json item) {
  if (is_null()) *this = list();
  return changeable_items().emplace_back(std::move(item));
}

bool operator==(const Json& a, const Json& b) {
  if (a.value_.index() != b.value_.index()) {
    const auto number = a.as_double();
    return number.has_value() && number == b.as_double();
  }
  if (!a.is_map()) {
    return std::visit(
        [&](const auto& value) {
          using Value = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, Json::Members>) {
            return false;
          } else {
            return value == *std::get_if<Value>(&b.value_);
          }
        },
        a.value_);
  }
  return a.size() == b.size() && std::ranges::all_of(a.members(), [&](const JsonMember& member) {
           const Json* other = b.find(member.key);
           return other != nullptr && member.value == *other;
         });
}

Json with_sorted_keys(Json json) {
  if (auto* items = std::get_if<Json::Items>(&json.value_)) {
    for (Json& item : *items) item = with_sorted_keys(std::move(item));
  } else if (auto* members = std::get_if<Json::Members>(&json.value_)) {
    std::ranges::sort(*members, {}, &JsonMember::key);
    for (JsonMember& member : *members) member.value = with_sorted_keys(std::move(member.value));
  }
  return json;
}

}  // namespace daxlab
