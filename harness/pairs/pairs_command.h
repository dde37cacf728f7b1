// `daxlab_soak pairs`, which harness/soak --pairs calls.
#pragma once

#include <memory>

#include "harness/commands/command.h"

namespace daxlab {

std::unique_ptr<Command> make_pairs_command();

}  // namespace daxlab
