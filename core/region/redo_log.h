// Changes of several words that a crash must not cut in two: written down first, then made.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/region/region.h"
#include "core/sync/sync.h"
#include "daxlab/status.h"

namespace daxlab {

struct WordChange {
  uint64_t* at;
  uint64_t value;
};

class RedoLog {
 public:
  // The region outlives it; one for a region.
  explicit RedoLog(Region& region) : region_(region) {}

  // All words change, or after a crash none: durable on return. What the words refer to is flushed
  // by the caller; the log's first fence makes it durable before anything can name it. Words of the
  // inode table or of data blocks, no word twice. too_big (more than max_log_words; nothing
  // changed). Any thread; they go one by one. Callers keep others from changing the words
  // meanwhile.
  Status commit(std::span<const WordChange> changes) noexcept;

 private:
  Region& region_;
  Mutex mutex_;
};

// What a log that was not retired says.
enum class LogState {
  idle,
  committed,
  damaged,  // a record that was durable is not as it was
};
// Untrusted: reads the log only.
LogState state_of_log(const Region& region);
// Makes the changes of a committed log (those again that were made already), then retires it. The
// log is committed.
void replay_log(Region& region);
// The blocks that this stores to, the log's own among them; sorted, each once. The log is
// committed.
std::vector<uint64_t> blocks_of_replay(const Region& region);
// The log is idle then.
void retire_log(Region& region, Persist::Where where = Persist::Where::current());

}  // namespace daxlab
