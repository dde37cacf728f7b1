#include "harness/config/cell_values.h"

#include <fmt/format.h>

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

}  // namespace daxlab
