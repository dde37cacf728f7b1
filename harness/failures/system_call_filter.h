// A filter of system calls, as a container has one.
#pragma once

namespace daxlab {

// From now on the calling process and its children, also after exec, get `error_number` from this
// system call. For good. Needs no privilege. False: this kernel has no filters.
bool forbid_system_call(int number, int error_number);

}  // namespace daxlab
