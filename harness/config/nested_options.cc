#include "harness/config/nested_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "harness/config/node_checks.h"
#include "harness/workloads/file_options.h"

namespace daxlab {
namespace {

bool has_option(std::string_view name, std::span<const OptionDescription> options) {
  return std::ranges::find(options, name, &OptionDescription::name) != options.end();
}

// "file: {size, holes, align, offset}" of file.
std::string shape_of(const std::string& key, const std::vector<std::string>& keys) {
  std::string shape = "a map such as " + key + ": {";
  for (const std::string& inner : keys) shape += (shape.back() == '{' ? "" : ", ") + inner;
  return shape + "}";
}

class Flattening {
 public:
  Flattening(std::string_view owner, std::span<const OptionDescription> options,
             FirstProblem& problems)
      : owner_(owner), options_(options), problems_(problems) {}

  // `path`: the map's place below the entry, "file.holes.".
  void add_map(const Node& map, const std::string& path, std::span<const std::string> other_keys,
               std::vector<MapEntry>& flat) {
    std::vector<std::string> known(other_keys.begin(), other_keys.end());
    const std::vector<std::string> own = keys_below(path, options_);
    known.insert(known.end(), own.begin(), own.end());
    if (path.empty()) add_short_keys(known);
    check_keys(map,
               path.empty()
                   ? fmt::format("key of {}", owner_)
                   : fmt::format("key of {} of {}", path.substr(0, path.size() - 1), owner_),
               known, problems_);
    for (const MapEntry& entry : map.entries) {
      if (std::ranges::find(known, entry.key) == known.end()) continue;
      const bool is_others = std::ranges::find(other_keys, entry.key) != other_keys.end();
      const std::string below = path + entry.key + ".";
      if (is_others || keys_below(below, options_).empty()) {
        flat.push_back(
            {is_others ? entry.key : name_of(path + entry.key), entry.key_at, entry.value});
      } else if (check_kind(entry.value, Node::Kind::map,
                            fmt::format("{}{} of {}", path, entry.key, owner_),
                            shape_of(entry.key, keys_below(below, options_)), problems_)) {
        add_map(entry.value, below, {}, flat);
      }
    }
  }

 private:
  void add_short_keys(std::vector<std::string>& known) const {
    for (const OptionDescription& option : options_) {
      const std::string key(short_key(option.name));
      if (!key.empty()) known.push_back(key);
    }
  }
  std::string name_of(const std::string& key) const {
    if (has_option(key, options_)) return key;
    return std::string(file_prefix) + key;
  }

  const std::string_view owner_;
  const std::span<const OptionDescription> options_;
  FirstProblem& problems_;
};

}  // namespace

std::vector<std::string> keys_below(std::string_view prefix,
                                    std::span<const OptionDescription> options) {
  std::vector<std::string> keys;
  for (const OptionDescription& option : options) {
    if (!option.name.starts_with(prefix)) continue;
    const std::string key =
        option.name.substr(prefix.size(), option.name.find('.', prefix.size()) - prefix.size());
    if (std::ranges::find(keys, key) == keys.end()) keys.push_back(key);
  }
  return keys;
}

const char* help_of_map(std::string_view name) {
  return name == "file" ? "The file that it starts from: what is in it, and how it lies."
                        : "Where the file has holes; else it has data.";
}

std::string_view short_key(std::string_view option_name) {
  return option_name == "file.size" ? option_label(option_name) : std::string_view();
}

Node flatten_options(const Node& node, std::string_view owner,
                     std::span<const OptionDescription> options,
                     std::span<const std::string> other_keys, FirstProblem& problems) {
  if (node.kind != Node::Kind::map) return node;
  Node flat = node;
  flat.entries.clear();
  Flattening(owner, options, problems).add_map(node, "", other_keys, flat.entries);
  std::map<std::string, Location> seen;
  for (const MapEntry& entry : flat.entries) {
    const auto [first, is_new] = seen.emplace(entry.key, entry.key_at);
    if (is_new || short_key(entry.key).empty()) continue;  // the others are checked in their map
    problems.report(std::max(entry.key_at, first->second),
                    fmt::format("{} of {} is given twice, first at {}; keep one of them",
                                option_label(entry.key), owner,
                                problems.place(std::min(entry.key_at, first->second))));
  }
  return flat;
}

}  // namespace daxlab
