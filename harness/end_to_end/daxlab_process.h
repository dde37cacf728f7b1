// The real program, started as a user starts it.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

struct ProcessOutcome {
  int exit_status = -1;  // -1: ended by a signal
  int signal_number = 0;
  std::string out;
  std::string error;
};

// Runs bin/daxlab of this build until it ends; `environment` adds NAME=value to ours. A cell's own
// time limit bounds it. A failed assertion of the running test when it cannot be started.
ProcessOutcome run_daxlab(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment = {});

}  // namespace daxlab
