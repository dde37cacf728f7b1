// How a run of Google Benchmark says that it failed: the fields have other names since its
// version 1.8. For BenchmarkReporter::Run, which only the doors to that library know.
#pragma once

#include <optional>
#include <string>

namespace daxlab {

template <typename Run>
std::optional<std::string> failure_of(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred ? std::optional(run.error_message) : std::nullopt;
  } else {
    return run.skipped ? std::optional(run.skip_message) : std::nullopt;
  }
}

}  // namespace daxlab
