// What a table's figures were made with: others do not compare with them.
#pragma once

#include <string>

#include "harness/report/cell_summary.h"

namespace daxlab {

// "  made with: faults by userfaultfd + SIGSEGV, medium memfd, model none (volatile memory), Linux
// 6.1 x86_64, AMD EPYC\n". Of several values (two media, a baseline's folder) all are named; what
// only the kernel decides, of a baseline, where there is nothing else. Empty: no run says
// where it was.
std::string made_with(const WorkloadGroup& group);

}  // namespace daxlab
