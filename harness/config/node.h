// A value tree of our own, as read from YAML or from --set, that remembers where everything stood.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace daxlab {

struct Location {
  uint32_t override_number = 0;  // 0: the file; n: the n-th --set
  uint32_t line = 1;             // 1-based
  uint32_t column = 1;           // 1-based, in bytes
  // Where the alias stands that brings this into the config, for what stands in an anchor; 0: none
  // does. Of aliases in aliases, the outermost.
  uint32_t alias_line = 0;
  uint32_t alias_column = 0;
  friend auto operator<=>(const Location&, const Location&) = default;
};

struct MapEntry;

struct Node {
  enum class Kind { nothing, scalar, list, map };

  Kind kind = Kind::nothing;
  Location at;
  std::string text;               // scalar
  bool quoted = false;            // scalar: other readers of YAML take "1" for text
  std::vector<Node> items;        // list
  std::vector<MapEntry> entries;  // map: in order, duplicate keys kept

  // The first entry of that key and its value; nullptr: no such key, or not a map. Valid until the
  // tree changes.
  const MapEntry* find_entry(std::string_view key) const;
  const Node* find(std::string_view key) const;
};

struct MapEntry {
  std::string key;
  Location key_at;
  Node value;
};

inline const MapEntry* Node::find_entry(std::string_view key) const {
  for (const MapEntry& entry : entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

inline const Node* Node::find(std::string_view key) const {
  const MapEntry* entry = find_entry(key);
  return entry == nullptr ? nullptr : &entry->value;
}

}  // namespace daxlab
