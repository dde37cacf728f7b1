#include "harness/config/plugin_choices.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/config/node_checks.h"
#include "harness/config/option_values.h"
#include "harness/config/quoted_text.h"

namespace daxlab {
namespace {

// A name becomes part of a file's path: nothing but such letters may reach it.
bool is_plugin_name(std::string_view name) {
  constexpr size_t longest = 64;
  return !name.empty() && name.size() <= longest && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

const Node* read_name(const Node& node, std::string_view what, std::string_view example,
                      FirstProblem& problems) {
  if (node.kind == Node::Kind::scalar) return &node;
  if (node.kind != Node::Kind::map) {
    problems.report(node.at,
                    fmt::format("{}: expected a name or {}, {}{}", what, example, found(node),
                                node.kind == Node::Kind::list && what != "workload"
                                    ? "; lists of values stand under matrix"
                                    : ""));
    return nullptr;
  }
  const Node* name = node.find("name");
  if (name == nullptr) {
    problems.report(node.at, fmt::format("{}: expected the key 'name', as in {}", what, example));
    return nullptr;
  }
  const std::string name_of_what = fmt::format("name of {}", what);
  return check_kind(*name, Node::Kind::scalar, name_of_what, "a word", problems) ? name : nullptr;
}

PluginChoices::PluginChoices(const PluginLookup& find_plugin, FirstProblem& problems)
    : find_plugin_(find_plugin), problems_(problems) {}

const PluginDescription* PluginChoices::find(PluginKind kind, const Node& name) {
  for (const PluginDescription& plugin : found_) {
    if (plugin.kind == kind && plugin.name == name.text) return &plugin;
  }
  if (problems_.precedes(name.at)) return nullptr;
  if (!is_plugin_name(name.text)) {
    problems_.report(name.at,
                     fmt::format("{} is not the name of a {} plugin; expected at most 64 of a-z, "
                                 "0-9 and _",
                                 in_quotes(name.text), name_of(kind)));
    return nullptr;
  }
  ErrorOr<PluginDescription> plugin = find_plugin_(kind, name.text);
  if (!plugin.ok()) {
    problems_.report(name.at, plugin.error());
    return nullptr;
  }
  return &found_.emplace_back(plugin.take());
}

const PluginDescription* PluginChoices::find_of(PluginKind kind, const Node& choice) {
  const Node* name = read_name(choice, name_of(kind), "{name: word, option: value}", problems_);
  return name == nullptr ? nullptr : find(kind, *name);
}

std::optional<Choice> PluginChoices::read(PluginKind kind, const Node& node) {
  const PluginDescription* plugin = find_of(kind, node);
  if (plugin == nullptr) return std::nullopt;
  return read_choice(node, plugin->name, plugin->options, {}, problems_);
}

std::vector<Choice> PluginChoices::read_all(PluginKind kind, const Node& node, size_t most) {
  const PluginDescription* plugin = find_of(kind, node);
  if (plugin == nullptr) return {};
  const auto keys = listed_options(plugin->name, plugin->options, problems_);
  std::vector<Choice> choices;
  for (const Node& single : combine_lists(node, keys, most, problems_)) {
    choices.push_back(read_choice(single, plugin->name, plugin->options, {}, problems_));
  }
  return choices;
}

}  // namespace daxlab
