#include "harness/config/option_lists.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace daxlab {
namespace {

void check_items(const Node& list, const ListedKey& key, FirstProblem& problems) {
  if (list.items.empty()) {
    problems.report(list.at, key.what + ": expected a list of values, found an empty list");
  }
  std::map<uint64_t, Location> seen;
  for (const Node& item : list.items) {
    const std::optional<uint64_t> value = key.read(item);
    if (!value) continue;
    const auto [earlier, is_new] = seen.emplace(*value, item.at);
    if (is_new) continue;
    problems.report(item.at,
                    fmt::format("duplicate value {} in {}, first at {}; change or remove one of "
                                "them",
                                item.text, key.what, problems.place(earlier->second)));
  }
}

// The entries of `map` whose lists are axes: the first of each key, in the order of the file.
std::vector<size_t> listed_entries(const Node& map, std::span<const ListedKey> keys,
                                   FirstProblem& problems) {
  std::vector<size_t> listed;
  std::set<std::string_view> seen;
  for (size_t i = 0; i < map.entries.size(); ++i) {
    const auto& [key, key_at, value] = map.entries[i];
    const auto known = std::ranges::find(keys, key, &ListedKey::name);
    if (value.kind != Node::Kind::list || known == keys.end() || !seen.insert(key).second) continue;
    check_items(value, *known, problems);
    if (!value.items.empty()) listed.push_back(i);
  }
  return listed;
}

}  // namespace

std::vector<Node> combine_lists(const Node& node, std::span<const ListedKey> keys, size_t most,
                                FirstProblem& problems) {
  const std::vector<size_t> listed = listed_entries(node, keys, problems);
  size_t count = 1;
  Node first = node;
  for (const size_t i : listed) {
    const Node& list = node.entries[i].value;
    if (count != 0 && list.items.size() > most / count) {
      problems.report(list.at,
                      fmt::format("the lists of one entry are more than {} combinations; shorten "
                                  "them",
                                  most));
      count = 0;
    }
    count *= list.items.size();
    first.entries[i].value = list.items.front();
  }
  // With more keys than there can be some are wrong: one combination is enough to report them.
  constexpr size_t keys_that_are_no_options = 8;
  if (count == 0 || node.entries.size() > keys.size() + keys_that_are_no_options) return {first};

  std::vector<Node> combined(count, first);
  size_t repeats = count;  // of each value in a row
  for (const size_t i : listed) {
    const std::vector<Node>& items = node.entries[i].value.items;
    repeats /= items.size();
    for (size_t n = 0; n < count; ++n) {
      combined[n].entries[i].value = items[n / repeats % items.size()];
    }
  }
  return combined;
}

}  // namespace daxlab
