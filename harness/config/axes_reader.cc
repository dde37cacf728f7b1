#include "harness/config/axes_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "harness/config/cell_values.h"
#include "harness/config/keys.h"
#include "harness/config/node_checks.h"

namespace daxlab {
namespace {

template <class Kind>
std::string kind_label(const Kind& kind) {
  return name_of(kind);
}

std::string choice_label(const Choice& choice) { return choice.label(); }

template <class T>
std::vector<T> all_of(const std::optional<T>& value) {
  return value ? std::vector<T>{*value} : std::vector<T>();
}

}  // namespace

AxesReader::AxesReader(const Node& root, PluginChoices& plugins, FirstProblem& problems)
    : root_(root), plugins_(plugins), problems_(problems) {
  const Node* matrix = root.find("matrix");
  if (matrix == nullptr) return;
  const char* const expected = "lists such as fault: [page_zero, global_zero]";
  if (!check_kind(*matrix, Node::Kind::map, "matrix", expected, problems)) return;
  matrix_ = matrix;
  check_keys(*matrix_, "key of matrix", names_of(matrix_keys()), problems_);
}

// `holder` is the map in which the single value stands.
template <class T, class Read, class Label>
std::vector<Placed<T>> AxesReader::read_axis(const char* key, const Node* holder, Read read,
                                             Label label) {
  const MapEntry* single = holder == nullptr ? nullptr : holder->find_entry(key);
  const MapEntry* listed = matrix_ == nullptr ? nullptr : matrix_->find_entry(key);
  std::vector<Placed<T>> values;
  const size_t problems_before = problems_.count();
  const auto read_value = [&](const Node& node) {
    if (values.size() > most_points) return;  // reported when they are combined
    for (auto& value : read(node)) values.push_back({std::move(value), node.at});
  };
  if (single != nullptr) read_value(single->value);
  if (listed == nullptr) return values;
  if (single != nullptr) {
    const auto [first, second] = std::minmax(single->key_at, listed->key_at);
    problems_.report(second, fmt::format("'{}' is given as a single value and in matrix, first at "
                                         "{}; keep one of them",
                                         key, problems_.place(first)));
    return values;
  }
  const std::string what = fmt::format("{} of matrix", key);
  if (!check_kind(listed->value, Node::Kind::list, what, "a list", problems_)) return values;
  if (listed->value.items.empty()) {
    problems_.report(listed->value.at, what + ": expected a list of values, found an empty list");
  }
  for (const Node& item : listed->value.items) read_value(item);
  // Of what is wrong nobody knows whether it is there twice.
  if (problems_.count() != problems_before) return values;
  std::map<std::string, Location> seen;
  for (const Placed<T>& value : values) {
    const auto [earlier, is_new] = seen.emplace(label(value.value), value.at);
    if (is_new) continue;
    problems_.report(value.at,
                     fmt::format("duplicate value {} in {}, first at {}; change or remove "
                                 "one of them",
                                 label(value.value), what, problems_.place(earlier->second)));
  }
  return values;
}

void AxesReader::read_engines_and_media(MatrixAxes& axes) {
  axes.engine = read_axis<EngineKind>(
      "engine", &root_, [this](const Node& node) { return all_of(read_engine(node, problems_)); },
      kind_label<EngineKind>);
  axes.medium = read_axis<MediumKind>(
      "medium", root_.find("region"),
      [this](const Node& node) { return all_of(read_medium(node, problems_)); },
      kind_label<MediumKind>);
  if (axes.engine.empty()) axes.engine.push_back({EngineKind::mmu, {}});
  if (axes.medium.empty()) axes.medium.push_back({MediumKind::memfd, {}});
}

std::vector<Placed<Choice>> AxesReader::read_strategy(PluginKind kind, const char* default_name,
                                                      bool needs_default) {
  const char* const key = name_of(kind);
  std::vector<Placed<Choice>> values = read_axis<Choice>(
      key, &root_, [&](const Node& node) { return plugins_.read_all(kind, node, most_points); },
      choice_label);
  if (!values.empty()) return values;
  const bool given = root_.find(key) != nullptr || (matrix_ != nullptr && matrix_->find(key));
  if (needs_default && !given) {
    Node name;
    name.kind = Node::Kind::scalar;
    name.text = default_name;
    if (std::optional<Choice> choice = plugins_.read(kind, name)) return {{std::move(*choice), {}}};
  }
  return {{Choice{}, {}}};
}

void AxesReader::read_strategies(MatrixAxes& axes, bool needs_defaults) {
  axes.fault = read_strategy(PluginKind::fault, "global_zero", needs_defaults);
  axes.write = read_strategy(PluginKind::write, "partial", needs_defaults);
  axes.alloc = read_strategy(PluginKind::alloc, "first_fit", needs_defaults);
}

}  // namespace daxlab
