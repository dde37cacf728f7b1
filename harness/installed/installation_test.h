// daxlab as `cmake --install` leaves it, below a prefix of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "harness/end_to_end/experiment.h"

namespace daxlab {

// Installed once in a process of tests, and gone with it. Failed assertions when it cannot be.
const std::filesystem::path& installed_prefix();
std::filesystem::path installed_program();
std::filesystem::path installed_libraries();  // the folder: lib, or Debian's lib/<architecture>

// `daxlab ARGUMENTS` of that prefix.
ProcessOutcome run_installed(const std::vector<std::string>& arguments,
                             const std::vector<std::string>& environment = {});

class Installed : public Experiment {
 protected:
  // In the test's folder; what it said is a part of the failure when it does not exit with 0.
  void shell(const std::string& line) const;
};

}  // namespace daxlab
