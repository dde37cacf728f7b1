// Errors that a person reads: opening, loading, configuring. Hot paths use Status
// (daxlab/status.h).
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace daxlab {

// One line: what, where, and what to do about it. No trailing dot or newline.
struct Error {
  std::string message;
};

template <class T>
class [[nodiscard]] ErrorOr {
 public:
  ErrorOr(T value) : state_(std::move(value)) {}      // NOLINT
  ErrorOr(Error error) : state_(std::move(error)) {}  // NOLINT
  bool ok() const { return state_.index() == 0; }
  const Error& error() const {
    assert(!ok());
    return std::get<1>(state_);
  }
  T& value() {
    assert(ok());
    return std::get<0>(state_);
  }
  const T& value() const {
    assert(ok());
    return std::get<0>(state_);
  }
  T take() { return std::move(value()); }

 private:
  std::variant<T, Error> state_;
};

}  // namespace daxlab
