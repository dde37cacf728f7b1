#include "harness/config/tree_mutator_test.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/base/json.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

std::string in_double_quotes(const std::string& text) { return Json(text).dump(); }

Node scalar(const std::string& text, bool quoted) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = text;
  node.quoted = quoted;
  return node;
}

void list_nodes(Node& node, std::vector<Node*>& nodes) {
  nodes.push_back(&node);
  for (Node& item : node.items) list_nodes(item, nodes);
  for (MapEntry& entry : node.entries) list_nodes(entry.value, nodes);
}

}  // namespace

std::string as_yaml(const Node& node) {
  std::string text;
  switch (node.kind) {
    case Node::Kind::nothing:
      return "~";
    case Node::Kind::scalar:
      return node.quoted ? in_double_quotes(node.text) : node.text;
    case Node::Kind::list:
      for (const Node& item : node.items) text += as_yaml(item) + ", ";
      return "[" + text + "]";
    case Node::Kind::map:
      for (const MapEntry& entry : node.entries) {
        text += in_double_quotes(entry.key) + ": " + as_yaml(entry.value) + ", ";
      }
      return "{" + text + "}";
  }
  return text;
}

TreeMutator::TreeMutator(uint64_t seed, std::vector<std::string> keys,
                         std::vector<std::string> values)
    : random_(seed), keys_(std::move(keys)), values_(std::move(values)) {}

size_t TreeMutator::below(size_t end) {
  return std::uniform_int_distribution<size_t>(0, end - 1)(random_);
}

const std::string& TreeMutator::any(const std::vector<std::string>& words) {
  return words[below(words.size())];
}

// A copy of another value, or a new one.
Node TreeMutator::any_value(const std::vector<Node*>& nodes) {
  Node node;
  switch (below(8)) {
    case 0:
      return node;
    case 1:
      node.kind = Node::Kind::list;
      for (size_t i = below(3); i > 0; --i) node.items.push_back(scalar(any(values_), false));
      return node;
    case 2:
      node.kind = Node::Kind::map;
      for (size_t i = below(3); i > 0; --i) {
        node.entries.push_back({any(keys_), {}, scalar(any(values_), false)});
      }
      return node;
    case 3:
    case 4:
      return *nodes[below(nodes.size())];
    default:
      return scalar(any(values_), below(8) == 0);
  }
}

void TreeMutator::change_map(Node& map, const std::vector<Node*>& nodes) {
  const size_t choice = below(4);
  if (choice == 0 || map.entries.empty()) {
    Node value = any_value(nodes);
    map.entries.push_back({any(keys_), {}, std::move(value)});
    return;
  }
  const size_t at = below(map.entries.size());
  if (choice == 1) {
    map.entries.erase(map.entries.begin() + static_cast<std::ptrdiff_t>(at));
  } else if (choice == 2) {
    map.entries[at].key = any(keys_);
  } else {
    Node value = any_value(nodes);
    map.entries[at].value = std::move(value);
  }
}

void TreeMutator::change_list(Node& list, const std::vector<Node*>& nodes) {
  Node value = any_value(nodes);
  if (below(2) == 0 || list.items.empty()) {
    list.items.push_back(std::move(value));
    return;
  }
  const auto at = list.items.begin() + static_cast<std::ptrdiff_t>(below(list.items.size()));
  if (below(2) == 0) {
    list.items.erase(at);
  } else {
    *at = std::move(value);
  }
}

void TreeMutator::change(Node& root) {
  std::vector<Node*> nodes;
  list_nodes(root, nodes);
  Node& node = *nodes[below(nodes.size())];
  if (node.kind == Node::Kind::map) return change_map(node, nodes);
  if (node.kind == Node::Kind::list) return change_list(node, nodes);
  Node value = any_value(nodes);
  node = std::move(value);
}

Node TreeMutator::mutate(Node root) {
  for (size_t changes = 1 + below(4); changes > 0; --changes) change(root);
  return root;
}

TEST(TreeMutator, WritesWhatItReads) {
  const std::string text = "{\"a\": [1, \"1\", ~, {\"b c\": \"d\\n'\\\"\", }, ], \"a\": x y, }";
  FirstProblem problems("t.yaml", {});
  const std::optional<Node> tree = read_yaml(text, 0, problems);
  ASSERT_TRUE(tree.has_value()) << problems.error().message;
  EXPECT_EQ(as_yaml(*tree), text);
}

}  // namespace daxlab
