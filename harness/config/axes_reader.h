// Engine, medium and strategies: single values, the lists of `matrix`, defaults.
#pragma once

#include <string>
#include <vector>

#include "harness/config/first_problem.h"
#include "harness/config/matrix.h"
#include "harness/config/node.h"
#include "harness/config/plugin_choices.h"

namespace daxlab {

class AxesReader {
 public:
  // All outlive this.
  AxesReader(const Node& root, PluginChoices& plugins, FirstProblem& problems);

  // After a report the axes may be incomplete, but none is empty. Engines and media first: what
  // else is needed depends on them.
  void read_engines_and_media(MatrixAxes& axes);
  // Without `needs_defaults` an axis that is not given has one value without a name.
  void read_strategies(MatrixAxes& axes, bool needs_defaults);

 private:
  template <class T, class Read, class Label>
  std::vector<Placed<T>> read_axis(const char* key, const Node* holder, Read read, Label label);
  std::vector<Placed<Choice>> read_strategy(PluginKind kind, const char* default_name,
                                            bool needs_default);

  const Node& root_;
  const Node* matrix_ = nullptr;  // nullptr: there is none that is a map
  PluginChoices& plugins_;
  FirstProblem& problems_;
};

}  // namespace daxlab
