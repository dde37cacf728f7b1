// Engine, medium and strategies: single values, the lists of `matrix`, its `include`, defaults.
#pragma once

#include <optional>
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

  // Fills axes, directory and includes. After a report they may be incomplete.
  void read_into(MatrixPlan& plan);

 private:
  template <class T, class Read, class Label>
  std::vector<Placed<T>> read_axis(const char* key, const Node* holder, Read read, Label label);
  void check_matrix();
  void read_engines_and_media(MatrixAxes& axes);
  void read_strategies(MatrixAxes& axes, bool needs_defaults);
  std::vector<Placed<Choice>> read_strategy(PluginKind kind, const char* default_name,
                                            bool needs_default);
  std::optional<EngineKind> read_engine(const Node& node);
  std::optional<MediumKind> read_medium(const Node& node);
  std::filesystem::path read_directory(const Node* node, const Location& at, bool must_exist);
  const Node* include_list() const;
  EngineKind engine_of_include(const Node& item, EngineKind first_engine);
  Placed<MatrixPoint> read_include(const Node& item, const MatrixPlan& plan);

  const Node& root_;
  const Node* matrix_ = nullptr;  // nullptr: there is none that is a map
  PluginChoices& plugins_;
  FirstProblem& problems_;
};

}  // namespace daxlab
