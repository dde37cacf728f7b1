// A filter of system calls, as a container has one.
#pragma once

#include <optional>

#include "core/base/error_or.h"

namespace daxlab {

// From now on the calling thread, and all threads and programs that it starts, get `error_number`
// from this system call, and from every call by numbers other than those of x86-64. For good. Needs
// no privilege. The error: the kernel, or a filter that is there already, does not let us.
std::optional<Error> forbid_system_call(int number, int error_number);

// The same for userfaultfd(2), with EPERM.
std::optional<Error> forbid_userfaultfd();

// What kept the two above from their work, found out without doing it.
std::optional<Error> check_system_call_filter();

}  // namespace daxlab
