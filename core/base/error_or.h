// Errors that a person reads: opening, loading, configuring. Hot paths use Status
// (daxlab/status.h).
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "core/base/printable.h"

namespace daxlab {

struct Error {
  Error(std::string_view text) : message(printable(text)) {}  // NOLINT: text that explains is one
  // "--out results/a.json: No such file or directory" of what went wrong and "--out ".
  Error prefixed(std::string_view where) const;

  // One line: what, where, and what to do about it. No trailing dot or newline; what it names is
  // shown as printable() shows it.
  std::string message;
  // This process lacked descriptors or memory: nothing is wrong with what the message names.
  bool is_shortage = false;
};

inline Error Error::prefixed(std::string_view where) const {
  Error error(std::string(where) + message);
  error.is_shortage = is_shortage;
  return error;
}

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
