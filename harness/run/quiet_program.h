// Another program, whose output is shown only when something has gone wrong.
#pragma once

#include <string>
#include <vector>

#include "core/base/error_or.h"

namespace daxlab {

// Runs it, found along PATH, with nothing on stdin and both outputs appended to `output`.
// Descriptor `kept` (-1: none) stays open in it. What this program ignores it does not. Waits;
// gives the status of waitpid. The error: it could not be started.
ErrorOr<int> run_quietly(std::vector<std::string> words, int output, int kept = -1);

// What is in `output`, a memfd or file, from its beginning.
void show_on_stderr(int output);

}  // namespace daxlab
