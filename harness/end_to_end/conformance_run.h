// `daxlab conformance` of plugins that misbehave.
#pragma once

#include <string>
#include <vector>

#include "harness/end_to_end/daxlab_process.h"

namespace daxlab {

inline ProcessOutcome conformance(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "conformance");
  arguments.insert(arguments.end(), {"--plugin-path", DAXLAB_TEST_PLUGIN_FOLDER});
  return run_daxlab(arguments);
}

}  // namespace daxlab
