// What a check of the contract found: a promise that was not kept.
#pragma once

#include <string>
#include <vector>

namespace daxlab {

struct Finding {
  std::string expected;  // both for people, without a trailing dot
  std::string seen;
  std::vector<std::string> steps;     // the fewest known that lead there; may be none
  std::string kind = "wrong answer";  // or "crash", "hang", "lock held", ...: for programs
};

// What should have been, of findings that come from more than one place.
inline constexpr const char* locks_expected =
    "every host lock is taken once, and given back before the call returns";
inline constexpr const char* arenas_expected =
    "every access stays inside the arenas that were asked for";

}  // namespace daxlab
