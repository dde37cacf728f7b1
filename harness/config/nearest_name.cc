#include "harness/config/nearest_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/registry/edit_distance.h"

namespace daxlab {

std::string_view nearest_name(std::string_view word, std::span<const std::string> names) {
  constexpr size_t longest_word = 64;  // beyond it nothing is near, and the table would be large
  if (word.empty() || word.size() > longest_word) return {};
  std::string_view nearest;
  size_t fewest = std::max<size_t>(1, word.size() / 3) + 1;
  for (const std::string& name : names) {
    const size_t edits = edit_distance(word, name);
    if (edits < fewest && edits < name.size()) {
      fewest = edits;
      nearest = name;
    }
  }
  return nearest;
}

std::string expected_names(std::string_view word, std::span<const std::string> names) {
  const std::string list = fmt::format("{}", fmt::join(names, ", "));
  std::string expected = names.size() == 1 ? "expected only " + list : "expected one of " + list;
  const std::string_view nearest = nearest_name(word, names);
  if (!nearest.empty()) expected += fmt::format("; did you mean '{}'?", nearest);
  return expected;
}

}  // namespace daxlab
