#include "harness/config/override.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/config/keys.h"
#include "harness/config/quoted_text.h"
#include "harness/config/text_check.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

std::vector<std::string_view> split_at_dots(std::string_view path) {
  std::vector<std::string_view> parts;
  for (size_t start = 0; start <= path.size();) {
    const size_t dot = std::min(path.find('.', start), path.size());
    parts.push_back(path.substr(start, dot - start));
    start = dot + 1;
  }
  return parts;
}

void make_map(Node& node, const Location& at) {
  Node map;
  map.kind = Node::Kind::map;
  map.at = at;
  if (node.kind == Node::Kind::scalar) {
    const Location name_at = node.at;
    map.entries.push_back({"name", name_at, std::move(node)});
  }
  node = std::move(map);
}

Node* find_or_add_entry(Node& map, std::string_view key, const Location& at) {
  for (MapEntry& entry : map.entries) {
    if (entry.key == key) return &entry.value;
  }
  Node nothing;
  nothing.at = at;
  return &map.entries.emplace_back(MapEntry{std::string(key), at, std::move(nothing)}).value;
}

Node* find_item(Node& list, std::string_view part, const Location& at, FirstProblem& problems) {
  size_t index = 0;
  const char* const end = part.data() + part.size();
  const auto [stop, code] = std::from_chars(part.data(), end, index);
  if (code == std::errc{} && stop == end && index < list.items.size()) return &list.items[index];
  problems.report(at, fmt::format("{} is no entry of the list; expected a number less than {}",
                                  in_quotes(part), list.items.size()));
  return nullptr;
}

// The node of that key or entry number; nullptr: reported.
Node* descend(Node& node, std::string_view part, const Location& at, FirstProblem& problems) {
  if (node.kind == Node::Kind::list) return find_item(node, part, at, problems);
  if (node.kind != Node::Kind::map) make_map(node, at);
  return find_or_add_entry(node, part, at);
}

// [/dev/shm, /var/tmp] of `path`, the one text that may be a list: there it means what it means in
// the file. A folder in brackets is ["[a]"].
bool is_list_of_folders(std::span<const std::string_view> path, std::string_view text) {
  return path.size() == 1 && path[0] == "path" && text.starts_with('[') && text.ends_with(']');
}

// A path may hold what YAML gives a meaning to: " #", ": ", brackets and braces.
std::optional<Node> read_value(std::string_view text, bool is_text, const Location& at,
                               FirstProblem& problems) {
  if (!is_text) return read_yaml(text, at.override_number, problems);
  Node word;
  word.kind = Node::Kind::scalar;
  word.at = at;
  word.text = text;
  word.quoted = true;
  return word;
}

}  // namespace

void apply_override(Node& root, const std::string& text, uint32_t override_number,
                    FirstProblem& problems) {
  const Location at{override_number, 1, 1};
  if (const std::optional<BadText> bad = find_bad_text(text)) {
    return problems.report(at, bad->message);
  }
  const size_t equals = text.find('=');
  if (equals == std::string::npos) {
    return problems.report(at, "expected key=value, as in region.size=1GiB");
  }
  const std::vector<std::string_view> parts =
      split_at_dots(std::string_view(text).substr(0, equals));
  if (parts.size() > max_yaml_depth) {
    return problems.report(at, fmt::format("nested more than {} deep", max_yaml_depth));
  }
  const std::string_view given = std::string_view(text).substr(equals + 1);
  const bool is_text = is_text_key(parts) && !is_list_of_folders(parts, given);
  std::optional<Node> value = read_value(given, is_text, at, problems);
  if (!value) return;
  Node* node = &root;
  for (std::string_view part : parts) {
    if (part.empty()) {
      return problems.report(at, "empty key; expected a path such as region.size");
    }
    node = descend(*node, part, at, problems);
    if (node == nullptr) return;
  }
  *node = std::move(*value);
  node->at = at;
}

}  // namespace daxlab
