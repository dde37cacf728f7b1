// --set key=value: replaces a value of the tree before it is checked, so that its mistakes get the
// same messages as the file's.
#pragma once

#include <cstdint>
#include <string>

#include "harness/config/first_problem.h"
#include "harness/config/node.h"

namespace daxlab {

// `text` is the n-th override, "region.size=1GiB": a dotted path of keys and entry numbers of lists
// (workloads.0.size, from 0), and a YAML value, or, of keys whose values are words and paths, the
// text as it stands (region.path=a #b.pmem). Absent keys are created; a word on the way is taken as
// the name of a map (fault.around=16 makes {name: global_zero, around: 16} of global_zero).
void apply_override(Node& root, const std::string& text, uint32_t override_number,
                    FirstProblem& problems);

}  // namespace daxlab
