// Places in plugins, for people.
#pragma once

#include <string>

#include "core/base/code_place.h"

namespace daxlab {

// "my.cc:23, in MyFault::fault" where the object has debug information (-g); else
// "my.so+0x1234, in MyFault::fault", or without the name. Empty for an unknown place. Asks
// addr2line, which comes with every compiler; where there is none, or this program has more rights
// than who started it, the object and offset are all there is. One thread: forks.
std::string to_text(const CodePlace& place);

}  // namespace daxlab
