#include "harness/config/first_problem.h"

#include <fmt/format.h>

#include <cassert>

#include "harness/config/quoted_text.h"

namespace daxlab {

FirstProblem::FirstProblem(std::filesystem::path path, std::vector<std::string> overrides)
    : path_(std::move(path)), overrides_(std::move(overrides)) {}

void FirstProblem::report(const Location& at, Error error) {
  ++count_;
  if (precedes(at)) return;
  at_ = at;
  error_ = std::move(error);
}

Error FirstProblem::error() const {
  assert(any());
  if (at_.override_number != 0) return error_->prefixed(place(at_) + ": ");
  Error error = error_->prefixed(
      fmt::format("{}:{}:{}: ", printable(path_.string(), 4096), at_.line, at_.column));
  if (at_.alias_line != 0) {
    error.message += fmt::format(" (used by the alias at {}:{})", at_.alias_line, at_.alias_column);
  }
  return error;
}

std::string FirstProblem::place(const Location& at) const {
  if (at.override_number == 0) return fmt::format("{}:{}", at.line, at.column);
  assert(at.override_number <= overrides_.size());
  return "--set " + printable(overrides_[at.override_number - 1], 200);
}

}  // namespace daxlab
