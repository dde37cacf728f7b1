// Outcomes as values. Nothing here allocates, throws or takes a lock, so all of it may be used in
// a fault handler and across the plugin boundary.
#pragma once

#include <cassert>
#include <cstdint>
#include <utility>

namespace daxlab {

enum class ErrorCode : uint32_t {
  ok = 0,
  no_space,          // no free block, inode or block map node (ENOSPC)
  no_memory,         // the process has no memory for it (ENOMEM)
  no_mappings,       // the kernel would exceed vm.max_map_count
  invalid_argument,  // misaligned, empty where that is not allowed, overflowing (EINVAL)
  not_found,         // no file of that name (ENOENT)
  exists,            // a file of that name is there (EEXIST)
  too_big,           // beyond the largest file, name or write (EFBIG, ENAMETOOLONG)
  beyond_end,        // past the end of the file (SIGBUS for a load or store)
  busy,              // another thread holds it; let the access try again
  unsupported,       // this engine, medium or plugin cannot do it (EOPNOTSUPP)
  io_error,          // the kernel refused a call that should have worked (EIO)
  bad_plugin,        // a strategy or allocator gave an answer that would not be safe to follow
  bad_address,       // the caller's buffer cannot be read or written (EFAULT)
};

// One or two words for a message, never null.
constexpr const char* describe(ErrorCode code) {
  switch (code) {
    case ErrorCode::ok:
      return "ok";
    case ErrorCode::no_space:
      return "no space left in the region";
    case ErrorCode::no_memory:
      return "out of memory";
    case ErrorCode::no_mappings:
      return "out of kernel mappings (raise vm.max_map_count, or map less)";
    case ErrorCode::invalid_argument:
      return "invalid argument";
    case ErrorCode::not_found:
      return "no such file";
    case ErrorCode::exists:
      return "file exists";
    case ErrorCode::too_big:
      return "too big";
    case ErrorCode::beyond_end:
      return "beyond the end of the file";
    case ErrorCode::busy:
      return "busy";
    case ErrorCode::unsupported:
      return "not supported here";
    case ErrorCode::io_error:
      return "input/output error";
    case ErrorCode::bad_plugin:
      return "unsafe answer of a plugin";
    case ErrorCode::bad_address:
      return "bad address of a buffer";
  }
  return "unknown error";
}

class [[nodiscard]] Status {
 public:
  constexpr Status() = default;
  constexpr Status(ErrorCode code) : code_(code) {}  // NOLINT: an error code is a status
  constexpr bool ok() const { return code_ == ErrorCode::ok; }
  constexpr ErrorCode code() const { return code_; }
  friend constexpr bool operator==(Status, Status) = default;

 private:
  ErrorCode code_ = ErrorCode::ok;
};

// A value, or the error that stands in its place. Across the plugin boundary T is trivially
// copyable.
template <class T>
class [[nodiscard]] Result {
 public:
  constexpr Result(T value) : value_(std::move(value)) {}                            // NOLINT
  constexpr Result(ErrorCode code) : code_(code) { assert(code != ErrorCode::ok); }  // NOLINT
  constexpr Result(Status status) : Result(status.code()) {}                         // NOLINT
  constexpr bool ok() const { return code_ == ErrorCode::ok; }
  constexpr Status status() const { return code_; }
  constexpr ErrorCode code() const { return code_; }
  constexpr const T& value() const {
    assert(ok());
    return value_;
  }
  constexpr T take() {
    assert(ok());
    return std::move(value_);
  }

 private:
  T value_{};
  ErrorCode code_ = ErrorCode::ok;
};

}  // namespace daxlab
