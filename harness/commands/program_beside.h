// The programs behind `daxlab check`, `conformance`, `soak` and `bench`: each is a file of its own,
// so that daxlab itself is soon built. They lie beside daxlab in a build tree, where one that is
// missing is built when it is first asked for; in libexec/daxlab where it is installed.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

struct ProgramBeside {
  const char* command;  // "check" of daxlab; the program is daxlab_check, its target check_command
  const char* built_too = "";  // what that target builds besides: " and ..."
};

// Replaces this process by the program; its arguments are `words`, of which the first is how it was
// called. Comes back only when that cannot be: an exit status, and why is said on stderr.
int become(const ProgramBeside& program, const std::vector<std::string>& words);

}  // namespace daxlab
