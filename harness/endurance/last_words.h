// What a process says when a fatal signal ends it, or when one step takes too long.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "core/base/error_or.h"

namespace daxlab {

// Before the first lab: a lab takes page faults first and leaves the other signals to these
// handlers. From now on SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL and an expired step end the
// process by that signal after "PREFIX: killed by ... in STEP" on standard error. The error: what
// sigaction said.
std::optional<Error> say_last_words(const char* prefix);

// Names the step (cut at 500 bytes), and gives it so much time; 0: any. One thread.
void begin_step(std::string_view name, std::chrono::nanoseconds limit);

}  // namespace daxlab
