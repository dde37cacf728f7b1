// Configs changed at random as trees: keys and values dropped, added, renamed, replaced, moved.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "harness/config/node.h"

namespace daxlab {

// The tree as YAML; read again, it is the same but for locations.
std::string as_yaml(const Node& node);

class TreeMutator {
 public:
  // Names and values that mean something somewhere.
  TreeMutator(uint64_t seed, std::vector<std::string> keys, std::vector<std::string> values);

  // One to four changes.
  Node mutate(Node root);

 private:
  size_t below(size_t end);
  const std::string& any(const std::vector<std::string>& words);
  Node any_value(const std::vector<Node*>& nodes);
  void change(Node& root);
  void change_map(Node& map, const std::vector<Node*>& nodes);
  void change_list(Node& list, const std::vector<Node*>& nodes);

  std::mt19937_64 random_;
  std::vector<std::string> keys_, values_;
};

}  // namespace daxlab
