#include "harness/conformance/plugin_options.h"

#include "harness/config/option_values.h"

namespace daxlab {
namespace {

// Texts stand in the place of a config's overrides, whose errors begin so.
const std::string as_override = "--set ";

Node scalar(const std::string& text, const Location& at) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.at = at;
  node.text = text;
  return node;
}

}  // namespace

ErrorOr<std::vector<uint64_t>> read_plugin_options(const PluginDescription& plugin,
                                                   const std::vector<std::string>& texts) {
  FirstProblem problems({}, texts);
  Node choice;
  choice.kind = Node::Kind::map;
  choice.entries.push_back({"name", {}, scalar(plugin.name, {})});
  for (uint32_t i = 0; i < texts.size(); ++i) {
    const Location at{.override_number = i + 1, .line = 1, .column = 1};
    const size_t equals = texts[i].find('=');
    if (equals == 0 || equals == std::string::npos) {
      return Error{"--option " + texts[i] + ": expected name=value, as in around=16"};
    }
    const std::string key = texts[i].substr(0, equals);
    if (key == "name") return Error{"--option " + texts[i] + ": the plugin is named already"};
    choice.entries.push_back({key, at, scalar(texts[i].substr(equals + 1), at)});
  }
  const Choice read = read_choice(choice, plugin.name, plugin.options, {}, problems);
  if (!problems.any()) return read.values;
  std::string message = problems.error().message;
  if (message.starts_with(as_override)) {
    message = "--option " + message.substr(as_override.size());
  }
  return Error{message};
}

}  // namespace daxlab
