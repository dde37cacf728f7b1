// What can be wrong after a crash, each with a name, and what a check of many crashes came to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/crash/crash_moment.h"

namespace daxlab {

enum class Promise : uint32_t {
  opening,  // every crash leaves a region that recovery opens, with nothing left for a second one
  accounting,  // blocks in use are exactly those that the files hold, each once; none past an end
  isolation,   // a file shows only what was once its own, never what a block held before
  durability,  // what a call has made durable is there, and what it replaced does not come back
  atomicity,   // a write by a strategy that promises it is there as a whole or not at all
  size,        // the size of a file never covers bytes that were not written
};
const char* name_of(Promise promise);  // "opening" ... "size"

struct CrashFinding {
  Promise promise = Promise::opening;
  std::string text;  // for people: where, what was seen, what would be legal
  CrashMoment moment = {};
  // What the crash took, line by line of memory, of what recovery or the judge reads: "lost: line 3
  // of the inode table, stored at core/region/inode_table.cc:88".
  std::vector<std::string> taken = {};
};

struct CrashCounts {
  uint64_t histories = 0;
  uint64_t known_runs = 0;          // equal, to all that could matter, to another of the program
  uint64_t moments = 0;             // at which a crash was tried
  uint64_t exhaustive_moments = 0;  // of these: with every image that could be told from the others
  uint64_t sampled_moments = 0;     // with some of them
  uint64_t known_moments = 0;       // judged in another run of the program
  uint64_t images = 0;              // recovered and judged
  uint64_t distinct_images = 0;     // of these, within one history
  uint64_t seen_images = 0;         // not looked at again, as they had just been judged
  uint64_t cut_recoveries = 0;      // that were crashed themselves
  uint64_t lives = 0;               // recovered regions that were used further
  uint64_t cut_short = 0;           // histories in which the plan's budget was used up
  CrashCounts& operator+=(const CrashCounts& other);
};

struct CrashVerdict {
  CrashCounts counts;
  std::optional<CrashFinding> finding;  // the first, which ended the check
};

}  // namespace daxlab
