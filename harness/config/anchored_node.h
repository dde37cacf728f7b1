// What anchors, aliases and merge keys do to a tree.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "harness/config/node.h"

namespace daxlab {

struct TreeSize {
  size_t bytes = sizeof(Node);
  size_t depth = 0;  // of lists and maps
};
TreeSize size_of(const Node& node);

struct AnchoredNode {
  Node node;
  TreeSize size;
};

// Marks all that is in a copy of an anchored node, but not the node itself.
void mark_as_used_at(const Location& alias, Node& node);

// Adds to `map` the entries of `merged` whose keys are not in `keys`, and then those keys to it.
void add_missing_keys(const Node& merged, Node& map, std::set<std::string>& keys);

}  // namespace daxlab
