// What `daxlab conformance` prints.
#pragma once

#include <string>
#include <vector>

#include "harness/conformance/suite.h"

namespace daxlab {

// "alloc plugin 'first_fit' (/path/first_fit.so): 14 checks, seed 1"
std::string heading(const TestedPlugin& tested, size_t checks);
// One line; below it, if it failed, what was expected and seen, the steps, and how to run it alone:
// `repeat`, a command without the check's name.
std::string to_text(const CheckResult& result, const std::string& repeat);
// "13 of 14 checks passed, 1 failed"
std::string summary(const std::vector<CheckResult>& results);

// {"plugin": {"kind", "name", "path", "content_hash"}, "seed", "passed", "failed", "checks":
// [{"name", "promise", "passed"; failed: "expected", "seen", "steps": [...], "repeat"}]}
std::string to_json(const TestedPlugin& tested, const std::vector<CheckResult>& results,
                    const std::string& repeat);

}  // namespace daxlab
