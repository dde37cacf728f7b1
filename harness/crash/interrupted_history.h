// Random histories on a region that outlives whoever runs them: where they are, told to memory that
// outlives them too, and what must be in the region then.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/file/file_system.h"
#include "core/region/region.h"
#include "harness/histories/history.h"

namespace daxlab {

// All zero before the first history. In memory that is shared with the judge.
struct HistoryProgress {
  std::atomic<uint64_t> seed;
  std::atomic<uint64_t> step;  // twice the operation's number; plus 1 while it is in flight

  bool in_flight() const { return step % 2 == 1; }
  // "in op 3 write ..."
  std::string where() const;
};

// The random history of that seed. At its end the names go, so that the next one meets none.
History interrupted_history(uint64_t seed);

// Runs it, beside a model. What it says: an operation that failed and should not have, or the other
// way round.
std::optional<std::string> run_interrupted_history(FileSystem& files, uint64_t seed,
                                                   HistoryProgress& progress);

// Recovers the region, and says all that is wrong with it; nothing, if all is well. Nothing must be
// lost: the death of a process, or of a guest, takes no store away, whether it was flushed or not.
std::vector<std::string> problems_left(Region& region, const HistoryProgress& progress,
                                       bool atomic_writes);

}  // namespace daxlab
