// Options of a plugin: a table that the plugin declares and the core checks the config against, so
// that a plugin never sees a value out of range.
#pragma once

#include <cstdint>

namespace daxlab {

enum class OptionType : uint32_t { boolean, integer, choice };
enum class OptionUnit : uint32_t { none, pages, blocks, bytes, nanoseconds };

struct Option {
  const char* name;  // a key in the config, snake_case
  const char* help;  // one sentence
  OptionType type;
  OptionUnit unit;         // integers only; `bytes` and `nanoseconds` accept suffixes (64KiB, 5ms)
  uint64_t default_value;  // boolean: 0 or 1; choice: index into `choices`
  uint64_t minimum;        // integers only
  uint64_t maximum;        // integers only
  const char* choices;     // choice only: the words, separated by '|'
};

constexpr Option boolean_option(const char* name, bool default_value, const char* help) {
  return {name, help, OptionType::boolean, OptionUnit::none, default_value, 0, 1, nullptr};
}

constexpr Option integer_option(const char* name, OptionUnit unit, uint64_t default_value,
                                uint64_t minimum, uint64_t maximum, const char* help) {
  return {name, help, OptionType::integer, unit, default_value, minimum, maximum, nullptr};
}

constexpr Option choice_option(const char* name, const char* choices, uint64_t default_index,
                               const char* help) {
  return {name, help, OptionType::choice, OptionUnit::none, default_index, 0, 0, choices};
}

struct OptionTable {
  const Option* options = nullptr;
  uint32_t count = 0;
  constexpr OptionTable() = default;
  template <uint32_t n>
  constexpr OptionTable(const Option (&table)[n]) : options(table), count(n) {}  // NOLINT
};
inline constexpr OptionTable no_options{};

// The values of one instance, in the order of its table; valid during `create` only. A boolean is
// 0 or 1, a choice the index of its word.
struct OptionValues {
  const uint64_t* values;
  uint32_t count;
  constexpr uint64_t operator[](uint32_t index) const { return values[index]; }
};

}  // namespace daxlab
