// `fault: global_zero` and `fault: {name: global_zero, around: 16}`: the plugin and its options.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/config_loader.h"
#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

// The text of a name or of the `name` in a map, and where it stands; nullptr: reported. `example`
// is what the message shows: "{name: global_zero, around: 16}".
const Node* read_name(const Node& node, std::string_view what, std::string_view example,
                      FirstProblem& problems);

class PluginChoices {
 public:
  // Both outlive this.
  PluginChoices(const PluginLookup& find_plugin, FirstProblem& problems);

  // nullopt: reported.
  std::optional<Choice> read(PluginKind kind, const Node& node);
  // The same where lists of an option's values may stand; at most `most` choices.
  std::vector<Choice> read_all(PluginKind kind, const Node& node, size_t most);

  // Every plugin found so far, once each.
  const std::vector<PluginDescription>& found() const { return found_; }

 private:
  const PluginDescription* find(PluginKind kind, const Node& name);
  const PluginDescription* find_of(PluginKind kind, const Node& choice);

  const PluginLookup& find_plugin_;
  FirstProblem& problems_;
  std::vector<PluginDescription> found_;
};

}  // namespace daxlab
