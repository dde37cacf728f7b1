// `daxlab check --replay FILE`: once more, what was found.
#pragma once

#include <chrono>
#include <filesystem>

#include "harness/commands/check_arguments.h"

namespace daxlab {

// Exit status: exit_failed when the promise is still broken, exit_passed when it is not any more,
// exit_usage when the file cannot be replayed.
int run_check_replay(const CheckArguments& arguments, const std::filesystem::path& file,
                     std::chrono::nanoseconds time_limit);

}  // namespace daxlab
