#include "harness/config/quantity.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <span>
#include <vector>

#include "harness/config/quoted_text.h"

namespace daxlab {
namespace {

constexpr UnitSuffix byte_suffixes[] = {{"TiB", uint64_t{1} << 40},
                                        {"GiB", uint64_t{1} << 30},
                                        {"MiB", uint64_t{1} << 20},
                                        {"KiB", uint64_t{1} << 10},
                                        {"B", 1}};
constexpr UnitSuffix time_suffixes[] = {
    {"h", 3'600'000'000'000}, {"min", 60'000'000'000}, {"s", 1'000'000'000},
    {"ms", 1'000'000},        {"us", 1'000},           {"ns", 1}};

Error refuse(std::string_view text, OptionUnit unit, std::string_view reason) {
  std::string message =
      fmt::format("expected {}, found {}", expected_quantity(unit), in_quotes(text));
  if (!reason.empty()) message += fmt::format(" ({})", reason);
  return Error{std::move(message)};
}

std::string unit_names(std::span<const UnitSuffix> suffixes) {
  std::vector<std::string_view> names;
  for (auto suffix = suffixes.rbegin(); suffix != suffixes.rend(); ++suffix) {
    names.push_back(suffix->name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::span<const UnitSuffix> suffixes_of(OptionUnit unit) {
  if (unit == OptionUnit::bytes) return byte_suffixes;
  if (unit == OptionUnit::nanoseconds) return time_suffixes;
  return {};
}

const char* expected_quantity(OptionUnit unit) {
  if (unit == OptionUnit::bytes) return "a size such as 64MiB";
  if (unit == OptionUnit::nanoseconds) return "a time such as 20s";
  return "a whole number";
}

ErrorOr<uint64_t> parse_quantity(std::string_view text, OptionUnit unit) {
  if (text.size() > 1 && text[0] == '-' && is_digit(text[1])) {
    return refuse(text, unit, "must not be negative");
  }
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, code] = std::from_chars(text.data(), end, number);
  if (code == std::errc::invalid_argument) return refuse(text, unit, "");
  const std::string too_large = fmt::format("more than {}", UINT64_MAX);
  if (code == std::errc::result_out_of_range) return refuse(text, unit, too_large);
  const std::string_view name(stop, static_cast<size_t>(end - stop));
  if (name.empty()) return number;
  if (name[0] == '.' || name[0] == 'e') return refuse(text, unit, "no fractions or exponents");
  const std::span<const UnitSuffix> suffixes = suffixes_of(unit);
  if (suffixes.empty()) return refuse(text, unit, "it has no unit");
  for (const UnitSuffix& suffix : suffixes) {
    if (suffix.name != name) continue;
    if (number > UINT64_MAX / suffix.factor) return refuse(text, unit, too_large);
    return number * suffix.factor;
  }
  return refuse(text, unit, "units are " + unit_names(suffixes));
}

std::string format_quantity(uint64_t value, OptionUnit unit) {
  for (const UnitSuffix& suffix : suffixes_of(unit)) {
    if (value != 0 && value % suffix.factor == 0) {
      return fmt::format("{}{}", value / suffix.factor, suffix.name);
    }
  }
  return fmt::format("{}", value);
}

}  // namespace daxlab
