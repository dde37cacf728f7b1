// The one error of a config that is shown: the first in the file, whatever the order of the checks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error_or.h"
#include "harness/config/node.h"

namespace daxlab {

class FirstProblem {
 public:
  FirstProblem(std::filesystem::path path, std::vector<std::string> overrides);

  // Keeps the error unless one at an earlier or the same place is kept already.
  void report(const Location& at, Error error);
  void report(const Location& at, std::string_view message) { report(at, Error{message}); }

  bool any() const { return error_.has_value(); }
  // How many there were, also those that are not kept.
  size_t count() const { return count_; }
  // Whether a report at `at` would be ignored: saves costly checks.
  bool precedes(const Location& at) const { return any() && at_ <= at; }

  // "configs/x.yaml:4:10: message", with "(used by the alias at 9:5)" for what an alias brings, or
  // "--set key=value: message". Requires any().
  Error error() const;

  // How a message refers to another place: "4:10" or "--set key=value".
  std::string place(const Location& at) const;

 private:
  std::filesystem::path path_;
  std::vector<std::string> overrides_;
  Location at_;
  std::optional<Error> error_;
  size_t count_ = 0;
};

}  // namespace daxlab
