// `daxlab check`: is every combination of strategies right?
#pragma once

#include "harness/commands/check_arguments.h"

namespace daxlab {

// Prints what was found on stdout, and each error as one line on stderr. The exit status.
int run_check(const CheckArguments& arguments);

}  // namespace daxlab
