// Where in a program or plugin a call of the C library came from, by its return address.
#pragma once

#include "core/base/source_location.h"

namespace daxlab {

// "plugins/alloc/mine.so+0x1a2b" with line 0: the object and the offset in it, for addr2line; the
// same in every process. Lives as long as the process. Plugins come and go, so an address means one
// place no longer than a run lasts. Any thread, not in a signal handler.
SourceLocation call_place(const void* return_address);

// In a library that the program itself was linked with: the C and C++ runtimes, and what they use.
// Not the program, and not what was loaded later: plugins, and the libraries that they bring.
bool is_of_linked_library(const void* return_address) noexcept;

}  // namespace daxlab
