// File systems that must not be filled, however small they are.
#pragma once

#include <sys/types.h>

#include <set>

namespace daxlab {

// Those of the system, of the current folder, and of all files that this process has open: its
// results and their journal are among them.
std::set<dev_t> devices_in_use();

}  // namespace daxlab
