// Programs of a few threads that meet on few words of few pages, through different views and
// through read() and write(): run for real, then judged by linearizability.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error_or.h"
#include "core/file/file_system.h"
#include "daxlab/status.h"
#include "daxlab/types.h"

namespace daxlab {

enum class SharedOpKind : uint32_t {
  load,            // a word through the view
  store,           // a word through the view
  read,            // `words` words
  write,           // `words` words
  punch,           // one page: writes zeros to every word of it
  truncate,        // to offset_bytes: cuts words, or makes them zeros
  preallocate,     // this and those below change no byte: one page, inside the file
  prefault_read,   // one page of the view
  prefault_write,  // the same
  view_sync,       // one page of the view
  sync,
  // Of names of their own, "n0", "n1": which one is `file`. In each its file is opened and closed
  // again; each is several calls, between which the others come in.
  make,    // creates it, writes the value to its first page, and reads that back
  visit,   // opens it, reads what make() wrote, and writes the value, unless 0, to its second page
  unlink,  // the name goes, under those who are in its file
};

const char* name_of(SharedOpKind kind);  // "load" ... "prefault for loads" ... "unlink"
bool is_on_name(SharedOpKind kind);

struct SharedOp {
  SharedOpKind kind = SharedOpKind::load;
  uint32_t file = 0;
  uint32_t view = 0;          // of ConcurrentProgram::views, showing `file`
  uint64_t offset_bytes = 0;  // in the file, multiple of 8 (of page_bytes where the kind says page)
  uint64_t words = 1;         // 1 to most_words
  // In a round in which the file is cut: what is past the end is an answer, not a failure. Writes
  // then end where a page ends, and so does the file, always, where a view shows that page.
  bool may_be_cut = false;
  uint64_t value = 0;  // word k of a store or write gets value + k, which no other operation writes
  // Of a load or store: through a view of its own of just this page, mapped before and unmapped
  // after. Where the file may be cut, such a store may come behind the end, wherever that lies.
  bool by_new_view = false;
};
inline constexpr uint64_t most_words = 3;

struct SharedView {
  uint32_t file = 0;
  PageRange range;  // may reach past the end of the file
};

// Threads meet at the start of each round, so that their few operations in it overlap. Each round
// works on pages that are fresh holes, for the most part, since that is where faults are.
struct ConcurrentProgram {
  uint64_t seed = 0;
  uint32_t threads = 0;
  uint32_t files = 0;
  uint64_t file_pages = 0;  // each file is a hole of this size before the first round
  std::vector<SharedView> views;
  std::vector<std::vector<std::vector<SharedOp>>> rounds;  // [round][thread][operation]
};

// The same program for the same seed, everywhere; 20 rounds of 4 to 8 operations a thread. The
// schedule is the machine's.
enum class Truncates : uint32_t {
  none,
  some,  // every fourth round cuts files and lets them grow, and one of one thread mends them
};
ConcurrentProgram random_concurrent_program(uint64_t seed, uint32_t threads,
                                            Truncates truncates = Truncates::none);

// An operation that was run, with tickets of one clock drawn before and after it.
struct Event {
  uint32_t thread = 0;  // ConcurrentProgram::threads: read by one thread after all had ended
  uint32_t round = 0;
  SharedOp op;
  uint64_t invoked = 0;
  uint64_t answered = 0;
  ErrorCode code = ErrorCode::ok;
  uint64_t count_bytes = 0;                     // read, write
  std::array<uint64_t, most_words> words = {};  // load, read; make, visit: one
  bool entered = false;  // make, visit: the name was made or opened; the code is of what came last
};

// Runs the program on new files "f0", "f1", which it unlinks afterwards. The events are in each
// thread's order. Loads and stores are the view's plain ones, where they may not be cut: a bus
// error ends the process.
ErrorOr<std::vector<Event>> run_program(FileSystem& files, const ConcurrentProgram& program);

// What a punch may do to a word beside stores and writes that run at the same time.
enum class PunchRule : uint32_t {
  at_once,     // zeros it at one moment
  repeatedly,  // zeros it at one moment or more: seen with tmpfs
};

// The first operation that failed, or the first word whose answers no order explains, with every
// operation on it in order of invocation.
std::optional<std::string> judge(const ConcurrentProgram& program, const std::vector<Event>& events,
                                 PunchRule rule = PunchRule::at_once);

// Words that judge() looks for an order of.
uint64_t judged_words(const std::vector<Event>& events);

// Pairs of operations of different threads that touched a common word at overlapping times.
uint64_t overlapping_pairs(const std::vector<Event>& events);

struct ConcurrentVerdict {
  std::optional<std::string> failure;  // with its seed, for people
  uint64_t overlapping_pairs = 0;      // of all runs; at 0, nothing was concurrent
  uint64_t words = 0;                  // judged, of all runs
};

// Whether this process may use more CPUs than one. On one, threads hardly ever meet in a call.
bool can_run_at_once();

// Runs and judges the programs of seeds [first_seed, first_seed + count), one after the other on
// the same file system, each with 2 to most_threads threads; more, up to 20 times as many, while
// nothing was concurrent: a busy machine may run one thread after the other. Stops at the first
// failure. Needs 2 x 25 blocks and their metadata.
ConcurrentVerdict check_concurrent_histories(FileSystem& files, uint64_t first_seed, uint64_t count,
                                             uint32_t most_threads,
                                             PunchRule rule = PunchRule::at_once,
                                             Truncates truncates = Truncates::none);

}  // namespace daxlab
