// Results as JUnit XML, which continuous integration shows.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace daxlab {

struct JunitFailure {
  std::string kind;     // a class of failures, as "crash": the attribute `type`
  std::string message;  // one line
  std::string text;     // all there is to say
};

struct JunitCase {
  std::string suite;
  std::string name;
  double time_s = 0;
  std::optional<JunitFailure> failure = {};
  std::optional<std::string> skipped = {};  // why it was not run
};

// A document that ends in a newline: suites in the order in which they are first met, cases in
// theirs. Bytes that XML or UTF-8 does not allow are replaced, so it can always be read.
std::string to_junit(const std::vector<JunitCase>& cases);

}  // namespace daxlab
