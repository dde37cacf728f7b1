// What a cell's process does to itself before it runs anything of the lab.
#pragma once

#include <sys/types.h>

#include "core/base/call_log.h"

namespace daxlab {

// Standard output and error go to `output`, standard input is empty, no core file is written, no
// signal is blocked, the process dies with `parent`, and a fatal signal is noted in `log` before it
// kills. False with errno: something of that could not be had.
bool become_cell_process(pid_t parent, int output, CallLog& log);

}  // namespace daxlab
