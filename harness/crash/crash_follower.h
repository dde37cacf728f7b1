// What a run expected of its region, moment by moment.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/recovery/recovery.h"
#include "core/region/region.h"
#include "harness/crash/crash_verdict.h"

namespace daxlab {

class CrashFollower {
 public:
  virtual ~CrashFollower() = default;
  // Marks of the trace, with the operation's number.
  virtual void op_begins(uint64_t op) = 0;
  virtual void op_ends(uint64_t op) = 0;
  // Whether a crash right after its end may find less legal than one right before, even when
  // nothing was stored in between.
  virtual bool promises(uint64_t op) const = 0;
  // The first broken promise. The region was recovered just now.
  virtual std::optional<CrashFinding> judge(Region& region, const Recovery& recovery) const = 0;
  // Of an operation: what a crash beside it, or after it, may find. Equal for equal ones of two
  // runs.
  virtual uint64_t fingerprint(uint64_t op) const = 0;
  // "history of seed 7"; "in op 3 'truncate ...'", "between operations".
  virtual std::string run_text() const = 0;
  virtual std::string moment_text() const = 0;
};

}  // namespace daxlab
