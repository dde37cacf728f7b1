#include "harness/config/number_pattern.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "harness/config/quantity.h"

namespace daxlab {
namespace {

using Patterns = std::vector<std::string>;

bool all_are(std::string_view digits, char digit) {
  return digits.find_first_not_of(digit) == std::string_view::npos;
}

std::string any_digits(size_t count) {
  if (count == 0) return "";
  return count == 1 ? "[0-9]" : fmt::format("[0-9]{{{}}}", count);
}

// Numbers from `first` to `last`, which have the same number of digits.
void add_range(const std::string& prefix, std::string_view first, std::string_view last,
               Patterns& patterns) {
  if (all_are(first, '0') && all_are(last, '9')) {
    patterns.push_back(prefix + any_digits(first.size()));
    return;
  }
  if (first[0] == last[0])
    return add_range(prefix + first[0], first.substr(1), last.substr(1), patterns);
  const size_t rest = first.size() - 1;
  char low = first[0], high = last[0];
  if (!all_are(first.substr(1), '0')) {
    add_range(prefix + low++, first.substr(1), std::string(rest, '9'), patterns);
  }
  const bool high_is_partial = !all_are(last.substr(1), '9');
  if (high_is_partial) --high;
  if (low <= high) {
    const std::string digit = low == high ? std::string(1, low) : fmt::format("[{}-{}]", low, high);
    patterns.push_back(prefix + digit + any_digits(rest));
  }
  if (high_is_partial) {
    add_range(prefix + last[0], std::string(rest, '0'), last.substr(1), patterns);
  }
}

// All numbers of `fewest` to `most` digits, which do not begin with 0.
std::string any_number(size_t fewest, size_t most) {
  if (fewest == most) return "[1-9]" + any_digits(fewest - 1);
  return fmt::format("[1-9][0-9]{{{},{}}}", fewest - 1, most - 1);
}

std::string range_pattern(uint64_t minimum, uint64_t maximum) {
  const std::string first = std::to_string(minimum), last = std::to_string(maximum);
  Patterns patterns;
  if (first.size() == last.size()) {
    add_range("", first, last, patterns);
  } else {
    add_range("", first, std::string(first.size(), '9'), patterns);
    if (first.size() + 1 < last.size()) {
      patterns.push_back(any_number(first.size() + 1, last.size() - 1));
    }
    add_range("", "1" + std::string(last.size() - 1, '0'), last, patterns);
  }
  return patterns.size() == 1 ? patterns[0] : fmt::format("({})", fmt::join(patterns, "|"));
}

}  // namespace

std::string quantity_pattern(OptionUnit unit, uint64_t minimum, uint64_t maximum) {
  Patterns patterns;
  for (const UnitSuffix& suffix : suffixes_of(unit)) {
    const uint64_t first = minimum / suffix.factor + (minimum % suffix.factor != 0 ? 1 : 0);
    const uint64_t last = maximum / suffix.factor;
    if (first > last) continue;
    patterns.push_back(range_pattern(first, last) + (suffix.factor == 1
                                                         ? fmt::format("({})?", suffix.name)
                                                         : std::string(suffix.name)));
  }
  if (patterns.empty()) patterns.push_back(range_pattern(minimum, maximum));
  std::ranges::reverse(patterns);
  return fmt::format("^0*({})$", fmt::join(patterns, "|"));
}

}  // namespace daxlab
