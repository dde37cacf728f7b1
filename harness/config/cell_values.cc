#include "harness/config/cell_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <system_error>

#include "harness/config/keys.h"
#include "harness/config/node_checks.h"
#include "harness/config/quoted_text.h"

namespace daxlab {

constexpr const char* default_directory = "/dev/shm";

std::optional<EngineKind> read_engine(const Node& node, FirstProblem& problems) {
  const std::optional<size_t> index = read_word(node, "engine", words_of(engines), problems);
  return index ? std::optional(engines[*index]) : std::nullopt;
}

std::optional<MediumKind> read_medium(const Node& node, FirstProblem& problems) {
  const std::optional<size_t> index = read_word(node, "medium", words_of(media), problems);
  return index ? std::optional(media[*index]) : std::nullopt;
}

IoKind read_io(const Node& node, FirstProblem& problems) {
  return io_kinds[read_word(node, "io", words_of(io_kinds), problems).value_or(0)];
}

std::vector<IoKind> read_ios(const Node* node, FirstProblem& problems) {
  if (node == nullptr) return {IoKind::buffered};
  if (node->kind != Node::Kind::list) return {read_io(*node, problems)};
  if (node->items.empty()) {
    problems.report(node->at, "io: expected a list of words, found an empty list");
    return {IoKind::buffered};
  }
  std::vector<IoKind> values;
  for (const Node& item : node->items) {
    values.push_back(read_io(item, problems));
    if (std::ranges::count(values, values.back()) == 1 || problems.any()) continue;
    problems.report(
        item.at, fmt::format("duplicate value {} in io; remove one of them", in_quotes(item.text)));
  }
  return values;
}

std::filesystem::path read_directory(const Node* node, const Location& at, bool must_exist,
                                     FirstProblem& problems) {
  std::filesystem::path directory = default_directory;
  if (node != nullptr) {
    if (!check_kind(*node, Node::Kind::scalar, "path", "a folder such as /dev/shm", problems)) {
      return directory;
    }
    directory = node->text;
  }
  std::error_code error;
  if (must_exist && !std::filesystem::is_directory(directory, error)) {
    problems.report(at,
                    fmt::format("path: {} is no folder; expected one for the files of baseline, "
                                "such as /dev/shm",
                                in_quotes(directory.string())));
  }
  return directory;
}

std::vector<std::filesystem::path> read_directories(const Node* node, const Location& at,
                                                    bool must_exist, FirstProblem& problems) {
  if (node == nullptr || node->kind != Node::Kind::list) {
    return {read_directory(node, at, must_exist, problems)};
  }
  if (node->items.empty()) {
    problems.report(node->at, "path: expected a list of folders, found an empty list");
    return {default_directory};
  }
  std::vector<std::filesystem::path> directories;
  std::map<std::string, const Node*>
      seen;  // by what is in the names of cells, which have to differ
  for (const Node& item : node->items) {
    directories.push_back(read_directory(&item, item.at, must_exist, problems));
    const auto [first, is_new] = seen.emplace(directory_name(directories.back()), &item);
    if (is_new) continue;
    problems.report(item.at,
                    fmt::format("duplicate value {} in path, first at {}; change or remove one of "
                                "them",
                                in_quotes(item.text), problems.place(first->second->at)) +
                        (first->second->text == item.text
                             ? ""
                             : fmt::format(" (in names of cells {} is {}, too)",
                                           in_quotes(first->second->text), first->first)));
  }
  return directories;
}

}  // namespace daxlab
