// The settings of `daxlab check`, as the command line gives them.
#pragma once

#include <chrono>

#include "core/base/error_or.h"
#include "harness/check/check.h"
#include "harness/commands/check_arguments.h"

namespace daxlab {

// What a combination gets when neither seeds nor a time are given.
inline constexpr std::chrono::seconds default_check_time{10};

struct CheckCommandSettings {
  CheckSettings check;
  std::chrono::nanoseconds time_limit{};  // without a sign of life
};

// The error names the option, and the nearest name where one was meant.
ErrorOr<CheckCommandSettings> read_check_settings(const CheckArguments& arguments);

// Everything that is not a default: what a proposed command line repeats.
std::vector<std::string> settings_words(const CheckArguments& arguments);

}  // namespace daxlab
