// The build tree that a program runs in, where what is missing can be built.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "core/base/error_or.h"

namespace daxlab {

class BuildTree {
 public:
  // Of a program in TREE/bin; nullopt when TREE is no build folder of daxlab's, and always of a
  // program that is installed.
  static std::optional<BuildTree> around(const std::filesystem::path& executable);

  const std::filesystem::path& folder() const { return folder_; }

  // The command that builds a target of this tree, as one types it.
  std::string command_for(const std::string& target) const;

  // Sees to it that `file`, which `target` makes, is there and whole: builds it only when it is
  // absent, so one that is older than its sources stays. Calls `announce` before it builds. Of
  // several processes that ask at once one builds and the others wait for it. A build that fails
  // shows all that it said on stderr; the error says that it failed.
  std::optional<Error> provide(const std::filesystem::path& file, const std::string& target,
                               const std::function<void()>& announce) const;

 private:
  explicit BuildTree(std::filesystem::path folder) : folder_(std::move(folder)) {}
  std::optional<Error> build(const std::string& target, int lock) const;

  std::filesystem::path folder_;
};

}  // namespace daxlab
