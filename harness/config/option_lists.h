// {name: global_zero, around: [1, 16]}: a list where an option has its value is an axis.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

// A key whose value may be a list.
struct ListedKey {
  std::string name;
  std::string what;                                          // "around of global_zero"
  std::function<std::optional<uint64_t>(const Node&)> read;  // one value; nullopt: reported
};

// The nodes with single values that a node with lists at `keys` stands for: every combination, the
// first list changes slowest. Reports empty lists, values that are there twice, and more than
// `most` combinations. Never empty.
std::vector<Node> combine_lists(const Node& node, std::span<const ListedKey> keys, size_t most,
                                FirstProblem& problems);

}  // namespace daxlab
