#include "harness/config/node_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "harness/config/nearest_name.h"
#include "harness/config/quantity.h"
#include "harness/config/quoted_text.h"

namespace daxlab {

std::string found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::nothing:
      return "found nothing";
    case Node::Kind::list:
      return "found a list";
    case Node::Kind::map:
      return "found a map";
    case Node::Kind::scalar:
      break;
  }
  return "found " + in_quotes(node.text);
}

bool check_kind(const Node& node, Node::Kind kind, std::string_view what, std::string_view expected,
                FirstProblem& problems) {
  if (node.kind == kind) return true;
  problems.report(node.at, fmt::format("{}: expected {}, {}", what, expected, found(node)));
  return false;
}

bool check_no_list(const Node& node, std::string_view what, FirstProblem& problems) {
  if (node.kind != Node::Kind::list) return true;
  problems.report(node.at, fmt::format("{}: expected one value here, {}", what, found(node)));
  return false;
}

void check_keys(const Node& map, std::string_view key_kind, std::span<const std::string> known,
                FirstProblem& problems, std::string_view own_prefix) {
  std::map<std::string_view, Location> seen;
  for (const MapEntry& entry : map.entries) {
    const auto [earlier, is_new] = seen.emplace(entry.key, entry.key_at);
    if (!is_new) {
      problems.report(entry.key_at,
                      fmt::format("duplicate {} {}, first at {}; keep one of them", key_kind,
                                  in_quotes(entry.key), problems.place(earlier->second)));
    } else if (!own_prefix.empty() && entry.key.starts_with(own_prefix)) {
      continue;
    } else if (std::find(known.begin(), known.end(), entry.key) == known.end()) {
      problems.report(entry.key_at, fmt::format("unknown {} {}, {}", key_kind, in_quotes(entry.key),
                                                expected_names(entry.key, known)));
    }
  }
}

std::optional<uint64_t> read_quantity(const Node& node, std::string_view what, OptionUnit unit,
                                      uint64_t minimum, uint64_t maximum, FirstProblem& problems) {
  if (!check_kind(node, Node::Kind::scalar, what, expected_quantity(unit), problems)) {
    return std::nullopt;
  }
  const ErrorOr<uint64_t> number = parse_quantity(node.text, unit);
  if (!number.ok()) {
    problems.report(node.at, fmt::format("{}: {}", what, number.error().message));
    return std::nullopt;
  }
  if (number.value() >= minimum && number.value() <= maximum) return number.value();
  problems.report(node.at,
                  fmt::format("{}: {} is out of range, expected {} to {}", what,
                              format_quantity(number.value(), unit), format_quantity(minimum, unit),
                              format_quantity(maximum, unit)));
  return std::nullopt;
}

uint64_t read_number(const Node& node, std::string_view what, const NumberRange& range,
                     FirstProblem& problems) {
  return read_quantity(node, what, range.unit, range.minimum, range.maximum, problems)
      .value_or(range.default_value);
}

std::optional<size_t> read_word(const Node& node, std::string_view what,
                                std::span<const std::string> words, FirstProblem& problems) {
  if (node.kind != Node::Kind::scalar) {
    problems.report(node.at,
                    fmt::format("{}: {}, {}", what, expected_names("", words), found(node)));
    return std::nullopt;
  }
  const auto word = std::find(words.begin(), words.end(), node.text);
  if (word != words.end()) return static_cast<size_t>(word - words.begin());
  problems.report(node.at, fmt::format("unknown {} {}, {}", what, in_quotes(node.text),
                                       expected_names(node.text, words)));
  return std::nullopt;
}

}  // namespace daxlab
