#include "harness/config/anchored_node.h"

#include <algorithm>

namespace daxlab {

TreeSize size_of(const Node& node) {
  TreeSize size;
  size.bytes += node.text.size();
  const auto add = [&](const Node& child) {
    const TreeSize below = size_of(child);
    size.bytes += below.bytes;
    size.depth = std::max(size.depth, below.depth);
  };
  for (const Node& item : node.items) add(item);
  for (const MapEntry& entry : node.entries) {
    size.bytes += sizeof(MapEntry) - sizeof(Node) + entry.key.size();
    add(entry.value);
  }
  if (node.kind == Node::Kind::list || node.kind == Node::Kind::map) ++size.depth;
  return size;
}

// For all that is in an anchored node, but not the node itself.
void mark_as_used_at(const Location& alias, Node& node) {
  const auto mark = [&](Location& at) {
    at.alias_line = alias.line;
    at.alias_column = alias.column;
  };
  for (Node& item : node.items) {
    mark(item.at);
    mark_as_used_at(alias, item);
  }
  for (MapEntry& entry : node.entries) {
    mark(entry.key_at);
    mark(entry.value.at);
    mark_as_used_at(alias, entry.value);
  }
}

void add_missing_keys(const Node& merged, Node& map, std::set<std::string>& keys) {
  const size_t own = map.entries.size();
  for (const MapEntry& entry : merged.entries) {
    if (keys.count(entry.key) == 0) map.entries.push_back(entry);
  }
  for (size_t i = own; i < map.entries.size(); ++i) keys.insert(map.entries[i].key);
}

}  // namespace daxlab
