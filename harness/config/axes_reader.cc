#include "harness/config/axes_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <system_error>

#include "harness/config/node_checks.h"
#include "harness/config/quoted_text.h"

namespace daxlab {
namespace {

constexpr const char* default_directory = "/dev/shm";
constexpr EngineKind engines[] = {EngineKind::mmu, EngineKind::simulator, EngineKind::baseline};
constexpr MediumKind media[] = {MediumKind::memfd, MediumKind::file};

template <class Kind, size_t n>
std::vector<std::string> names_of(const Kind (&kinds)[n]) {
  std::vector<std::string> names;
  for (Kind kind : kinds) names.emplace_back(name_of(kind));
  return names;
}

template <class Kind>
std::string kind_label(const Kind& kind) {
  return name_of(kind);
}

std::string choice_label(const Choice& choice) { return choice.label(); }

}  // namespace

AxesReader::AxesReader(const Node& root, PluginChoices& plugins, FirstProblem& problems)
    : root_(root), plugins_(plugins), problems_(problems) {
  const Node* matrix = root.find("matrix");
  if (matrix != nullptr && check_kind(*matrix, Node::Kind::map, "matrix",
                                      "lists such as fault: [page_zero, global_zero]", problems)) {
    matrix_ = matrix;
    check_matrix();
  }
}

void AxesReader::check_matrix() {
  for (const char* later : {"exclude", "axes"}) {
    if (const MapEntry* entry = matrix_->find_entry(later)) {
      problems_.report(entry->key_at,
                       fmt::format("'{}' in matrix is not supported; expected only lists of "
                                   "engine, medium, fault, write, alloc, and include",
                                   later));
    }
  }
  const std::vector<std::string> keys = {"engine", "medium", "fault", "write", "alloc", "include"};
  check_keys(*matrix_, "key of matrix", keys, problems_);
}

// `holder` is the map in which the single value stands.
template <class T, class Read, class Label>
std::vector<Placed<T>> AxesReader::read_axis(const char* key, const Node* holder, Read read,
                                             Label label) {
  const MapEntry* single = holder == nullptr ? nullptr : holder->find_entry(key);
  const MapEntry* listed = matrix_ == nullptr ? nullptr : matrix_->find_entry(key);
  std::vector<Placed<T>> values;
  const auto read_value = [&](const Node& node) {
    if (std::optional<T> value = read(node)) values.push_back({std::move(*value), node.at});
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

std::optional<EngineKind> AxesReader::read_engine(const Node& node) {
  const std::optional<size_t> index = read_word(node, "engine", names_of(engines), problems_);
  return index ? std::optional(engines[*index]) : std::nullopt;
}

std::optional<MediumKind> AxesReader::read_medium(const Node& node) {
  const std::optional<size_t> index = read_word(node, "medium", names_of(media), problems_);
  return index ? std::optional(media[*index]) : std::nullopt;
}

void AxesReader::read_engines_and_media(MatrixAxes& axes) {
  axes.engine = read_axis<EngineKind>(
      "engine", &root_, [this](const Node& node) { return read_engine(node); },
      kind_label<EngineKind>);
  axes.medium = read_axis<MediumKind>(
      "medium", root_.find("region"), [this](const Node& node) { return read_medium(node); },
      kind_label<MediumKind>);
  if (axes.engine.empty()) axes.engine.push_back({EngineKind::mmu, {}});
  if (axes.medium.empty()) axes.medium.push_back({MediumKind::memfd, {}});
}

std::vector<Placed<Choice>> AxesReader::read_strategy(PluginKind kind, const char* default_name,
                                                      bool needs_default) {
  const char* const key = name_of(kind);
  std::vector<Placed<Choice>> values = read_axis<Choice>(
      key, &root_, [&](const Node& node) { return plugins_.read(kind, node); }, choice_label);
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

std::filesystem::path AxesReader::read_directory(const Node* node, const Location& at,
                                                 bool must_exist) {
  std::filesystem::path directory = default_directory;
  if (node != nullptr) {
    if (!check_kind(*node, Node::Kind::scalar, "path", "a folder such as /dev/shm", problems_)) {
      return directory;
    }
    directory = node->text;
  }
  std::error_code error;
  if (must_exist && !std::filesystem::is_directory(directory, error)) {
    problems_.report(at,
                     fmt::format("path: {} is no folder; expected one for the files of baseline, "
                                 "such as /dev/shm",
                                 in_quotes(directory.string())));
  }
  return directory;
}

const Node* AxesReader::include_list() const {
  const Node* include = matrix_ == nullptr ? nullptr : matrix_->find("include");
  if (include == nullptr) return nullptr;
  const bool is_list = check_kind(*include, Node::Kind::list, "include",
                                  "a list of cells such as [{engine: baseline}]", problems_);
  return is_list ? include : nullptr;
}

EngineKind AxesReader::engine_of_include(const Node& item, EngineKind first_engine) {
  const Node* engine = item.find("engine");
  return engine == nullptr ? first_engine : read_engine(*engine).value_or(first_engine);
}

Placed<MatrixPoint> AxesReader::read_include(const Node& item, const MatrixPlan& plan) {
  const MatrixAxes& axes = plan.axes;
  MatrixPoint point;
  point.engine = engine_of_include(item, axes.engine.front().value);
  if (point.engine == EngineKind::baseline) {
    const std::vector<std::string> keys = {"engine", "path"};
    check_keys(item, "key of a baseline cell", keys, problems_);
    const Node* path = item.find("path");
    const Node* directory = path == nullptr ? root_.find("path") : path;
    point.directory =
        read_directory(directory, directory == nullptr ? item.at : directory->at, true);
    return {std::move(point), item.at};
  }
  const std::vector<std::string> keys = {"engine", "medium", "fault", "write", "alloc"};
  check_keys(item, "key of a cell", keys, problems_);
  const auto read_or_first = [&](PluginKind kind, const std::vector<Placed<Choice>>& axis) {
    const Node* node = item.find(name_of(kind));
    return node == nullptr ? axis.front().value : plugins_.read(kind, *node).value_or(Choice{});
  };
  const Node* medium = item.find("medium");
  const MediumKind first_medium = axes.medium.front().value;
  point.medium = medium == nullptr ? first_medium : read_medium(*medium).value_or(first_medium);
  point.fault = read_or_first(PluginKind::fault, axes.fault);
  point.write = read_or_first(PluginKind::write, axes.write);
  point.alloc = read_or_first(PluginKind::alloc, axes.alloc);
  return {std::move(point), item.at};
}

void AxesReader::read_into(MatrixPlan& plan) {
  const auto is_baseline = [](EngineKind engine) { return engine == EngineKind::baseline; };
  read_engines_and_media(plan.axes);
  const auto baseline = std::ranges::find_if(
      plan.axes.engine, is_baseline, [](const Placed<EngineKind>& engine) { return engine.value; });
  const bool has_baseline = baseline != plan.axes.engine.end();
  const bool only_baseline = has_baseline && plan.axes.engine.size() == 1;

  const Node* include = include_list();
  bool needs_strategies = !only_baseline;
  if (include != nullptr) {
    for (const Node& item : include->items) {
      if (!check_kind(item, Node::Kind::map, "include", "a cell such as {engine: baseline}",
                      problems_)) {
        return;
      }
      const EngineKind first_engine = plan.axes.engine.front().value;
      needs_strategies |= !is_baseline(engine_of_include(item, first_engine));
    }
  }
  read_strategies(plan.axes, needs_strategies);

  const Node* path = root_.find("path");
  Location path_at;
  if (has_baseline) path_at = path == nullptr ? baseline->at : path->at;
  plan.directory = read_directory(path, path_at, has_baseline);
  if (include == nullptr) return;
  for (const Node& item : include->items) plan.includes.push_back(read_include(item, plan));
}

}  // namespace daxlab
