// Findings that have all that a case can have: what the fuzzer of its file starts from, and its
// tests write.
#pragma once

#include <string>
#include <vector>

#include "harness/check/case.h"

namespace daxlab {

struct NamedFinding {
  std::string name;  // of its file in the corpus
  CheckFinding finding;
};

// Random programs of that seed.
CheckFinding history_finding(uint64_t seed);
CheckFinding program_finding(uint64_t seed);
// A few operations.
CheckFinding small_history_finding();
CheckFinding small_program_finding();

// One with each thing that a case can hold. The same on every machine.
std::vector<NamedFinding> findings_of_each_kind();

}  // namespace daxlab
