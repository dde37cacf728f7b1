// JSON as a plain value, and its text. The library that reads and prints it is behind json_text.cc
// and used nowhere else.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

struct JsonMember;

// A map is built from its members, {{"name", name}, {"sizes", Json::list({1, 2})}}, and keeps their
// order; each key is there once. What is not there reads as null, so that json["files"][0]["name"]
// needs no check on its way.
class Json {
 public:
  Json();  // null
  Json(std::nullptr_t);
  template <std::same_as<bool> Bool>  // not what converts to one: pointers
  Json(Bool value) : Json(Truth(value)) {}
  Json(int value);
  Json(unsigned value);
  Json(long value);
  Json(unsigned long value);
  Json(long long value);
  Json(unsigned long long value);
  Json(double value);
  Json(std::string text);
  Json(std::string_view text);
  Json(const char* text);
  Json(std::initializer_list<JsonMember> members);
  template <class Item>
  Json(const std::vector<Item>& items) : Json(list()) {
    for (const Item& item : items) add(item);
  }
  static Json list(std::initializer_list<Json> items = {});
  static Json list_of(std::vector<Json> items);
  static Json map();  // an empty one
  static Json map_of(std::vector<JsonMember> members);

  Json(const Json& other);
  Json(Json&& other) noexcept;
  Json& operator=(const Json& other);
  Json& operator=(Json&& other) noexcept;
  ~Json();

  bool is_null() const;
  bool is_text() const;
  bool is_list() const;
  bool is_map() const;
  bool is_number() const;

  // nullopt or nullptr: it is of another type, or a number that does not fit. Each number is a
  // double, too.
  std::optional<bool> as_bool() const;
  std::optional<uint64_t> as_unsigned() const;
  std::optional<int64_t> as_signed() const;
  std::optional<double> as_double() const;
  const std::string* as_text() const;

  // What is not there is empty, or null. Of a value that goes away, they give one that stays.
  const std::string& text() const&;
  std::string text() &&;
  const std::vector<Json>& items() const&;  // of a list
  std::vector<Json> items() &&;
  const Json& operator[](size_t index) const&;
  Json operator[](size_t index) &&;
  const std::vector<JsonMember>& members() const&;  // of a map
  std::vector<JsonMember> members() &&;
  const Json& operator[](std::string_view key) const&;
  Json operator[](std::string_view key) &&;

  // Of a list or a map; 0 of anything else.
  size_t size() const;
  bool empty() const { return size() == 0; }
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const Json* find(std::string_view key) const;  // nullptr: not there
  Json* find(std::string_view key);

  // Of a map, or null, which becomes one: a key that is there keeps its place. The value that was
  // set.
  Json& set(std::string_view key, Json value);
  void remove(std::string_view key);
  // Of a list, or null, which becomes one. The item that was added.
  Json& add(Json item);
  // To change a list in place. It is one.
  std::vector<Json>& changeable_items();

  // As text in one line, or with that many spaces for each level: but for lists of numbers, and of
  // such lists, which have a line each. Doubles are the shortest that are read back as the same, or
  // null if they are not finite; bytes that are no UTF-8 are replaced.
  std::string dump() const;
  std::string dump(size_t indent) const;
  std::string dump_ascii() const;  // in one line, other characters as \uXXXX

  // Numbers by their value, maps in any order.
  friend bool operator==(const Json& a, const Json& b);
  // The same with the keys of each map, however deep, in the order of their bytes.
  friend Json with_sorted_keys(Json json);

 private:
  enum class Truth : bool {};
  explicit Json(Truth value);

  using Items = std::vector<Json>;
  using Members = std::vector<JsonMember>;
  std::variant<std::nullptr_t, bool, uint64_t, int64_t, double, std::string, Items, Members> value_;
};

struct JsonMember {
  std::string key;
  Json value;
};

Json with_sorted_keys(Json json);

// Where a text stops being JSON that can be kept.
struct JsonProblem {
  std::string what;
  size_t byte = 0;        // from 1; one more than the text has when it ends too early
  bool is_syntax = true;  // else: a number that no double holds, or nested more than deepest_json
};
inline constexpr size_t deepest_json = 256;

// nullopt: `json` is what was read. Of a key that is there twice, the last value.
std::optional<JsonProblem> read_json(std::string_view text, Json& json);
// The error says what is wrong, and at which byte.
ErrorOr<Json> parse_json(std::string_view text);
// Null for what is no JSON.
Json json_or_null(std::string_view text);

// For messages of tests.
void PrintTo(const Json& json, std::ostream* out);

}  // namespace daxlab
