// What `daxlab conformance` prints.
#pragma once

#include <string>
#include <vector>

#include "core/base/json.h"
#include "harness/conformance/suite.h"
#include "harness/report/junit.h"

namespace daxlab {

// "alloc plugin 'first_fit' (/path/first_fit.so): 14 checks, seed 1"
std::string heading(const TestedPlugin& tested, size_t checks);
// Of a check that failed: what was expected and seen, the steps, and how to run it alone: `repeat`,
// a command without the check's name.
std::string to_text(const CheckResult& result, const std::string& repeat);

// The names of checks that passed, as they pass, in few lines.
class OkLine {
 public:
  // What to print for one more, without a newline at the end.
  std::string add(const std::string& name);
  // The newline, where one is missing.
  std::string end();

 private:
  size_t width_ = 0;
};

// The earlier finding of the same cause; nullptr: there is none.
const CheckResult* first_alike(const std::vector<CheckResult>& results, const CheckResult& result);
// "11 more checks fail like begins_all_free: name, name, ..." for each cause that has more; lines.
std::string alike_text(const std::vector<CheckResult>& results);
// "13 of 14 checks passed, 1 failed"
std::string summary(const std::vector<CheckResult>& results);

// {"plugin": {"kind", "name", "path", "content_hash"}, "seed", "passed", "failed", "checks":
// [{"name", "promise", "passed"; failed: "kind", "expected", "seen", "steps": [...], "repeat", and
// "same_as" where an earlier check failed for the same cause}]}
Json to_json(const TestedPlugin& tested, const std::vector<CheckResult>& results,
             const std::string& repeat);
std::vector<JunitCase> to_junit_cases(const TestedPlugin& tested,
                                      const std::vector<CheckResult>& results,
                                      const std::string& repeat);

}  // namespace daxlab
