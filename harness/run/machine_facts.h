// What a result depends on besides the cell: the machine and the build.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace daxlab {

using ContextEntries = std::vector<std::pair<std::string, std::string>>;

// kernel, cpu_model, daxlab_version, git_revision, compiler.
ContextEntries machine_facts();

}  // namespace daxlab
