// `daxlab_soak histories`, which harness/soak --guest calls.
#pragma once

#include <memory>

#include "harness/commands/command.h"

namespace daxlab {

std::unique_ptr<Command> make_histories_command();

}  // namespace daxlab
