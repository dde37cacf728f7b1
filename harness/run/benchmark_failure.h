// How a run of Google Benchmark says that it failed: the fields have other names since its
// version 1.8. For BenchmarkReporter::Run, which only the doors to that library know.
#pragma once

#include <string>

namespace daxlab {

template <typename Run>
bool has_failed(const Run& run) {
  if constexpr (requires { run.error_occurred; }) {
    return run.error_occurred;
  } else {
    return run.skipped == decltype(run.skipped)::SkippedWithError;
  }
}

template <typename Run>
void set_failed(Run& run, const std::string& message) {
  if constexpr (requires { run.error_occurred; }) {
    run.error_occurred = true;
    run.error_message = message;
  } else {
    run.skipped = decltype(run.skipped)::SkippedWithError;
    run.skip_message = message;
  }
}

}  // namespace daxlab
