// Why a run has failed: in words, and as one of a few kinds.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "daxlab/status.h"

namespace daxlab {

enum class FailureKind : uint8_t {
  wrong_data,  // something that was read, counted or answered is not what it must be
  crash,       // the process ended before its run
  hang,        // it had not ended at its time limit
  limit,       // memory, space, threads or mappings did not suffice
  refused,     // a call or plugin that should have worked, or a setting that cannot be
  skipped,     // nothing is wrong: what it needs is not to be had here, and nothing was run
};

inline constexpr std::array failure_kinds = {FailureKind::wrong_data, FailureKind::crash,
                                             FailureKind::hang,       FailureKind::limit,
                                             FailureKind::refused,    FailureKind::skipped};

// "wrong data", "crash", "hang", "limit", "refused", "skipped"
constexpr const char* name_of(FailureKind kind) {
  switch (kind) {
    case FailureKind::wrong_data:
      return "wrong data";
    case FailureKind::crash:
      return "crash";
    case FailureKind::hang:
      return "hang";
    case FailureKind::limit:
      return "limit";
    case FailureKind::refused:
      return "refused";
    case FailureKind::skipped:
      return "skipped";
  }
  return "";
}

// Of a call that was refused.
constexpr FailureKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_plugin:
      return FailureKind::wrong_data;
    case ErrorCode::no_space:
    case ErrorCode::no_memory:
    case ErrorCode::no_mappings:
      return FailureKind::limit;
    default:
      return FailureKind::refused;
  }
}

// The first thing seen that is wrong; no value: all was right.
struct Failure {
  std::string message;  // "hole_read: file data offset 8192: expected 0x0, seen 0x5..."
  FailureKind kind = FailureKind::wrong_data;
};

inline Failure refusal(std::string message) { return {std::move(message), FailureKind::refused}; }

inline Failure refusal(const Error& error) {
  return {error.message, error.is_shortage ? FailureKind::limit : FailureKind::refused};
}

// For who makes something, or says why it could not be had: refusal() has the kind back.
inline Error error_of(const Failure& failure) {
  Error error(failure.message);
  error.is_shortage = failure.kind == FailureKind::limit;
  return error;
}

}  // namespace daxlab
