// A file that a writer of `enospc` fills by appending, and what it must hold.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "core/base/error_or.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workload.h"

namespace daxlab {

struct FilledFile {
  Place place;
  Stamp stamp;
  std::unique_ptr<File> file;
  uint64_t size_bytes = 0;  // what writes have reported as written
  ByteRange punched = {};   // zeros again
  uint64_t rest_bytes = 0;  // of a short write that is to be tried again
  uint64_t shorts_in_a_row = 0;

  static ErrorOr<FilledFile> create(FileSystem& files, const char* workload, uint64_t seed,
                                    uint64_t writer, uint64_t number);
  // Every byte from `from_bytes` on (a multiple of 8), and that the file ends where it should.
  std::optional<Failure> verify(uint64_t from_bytes = 0) const;
  // That the file ends at size_bytes.
  std::optional<Failure> verify_end() const;
  std::optional<Failure> punch(ByteRange range);  // extends `punched`
  // Removes the name and closes it: its blocks are free on return.
  std::optional<Failure> unlink(FileSystem& files);
  // The middle half, at odd offsets: most blocks go, two are cut.
  ByteRange middle() const;
  uint64_t held_bytes() const { return size_bytes - punched.length_bytes; }
};

enum class OnShort : uint32_t { accept, retry, fail };
inline constexpr uint64_t most_retries = 8;

// What the caller of a write counts, beside what the core counts.
struct CallerCounts {
  uint64_t writes = 0, short_writes = 0, failed_writes = 0, retries = 0, truncated_back = 0;
  void add(const CallerCounts& other);
  void report(WorkloadRun& run) const;
};

// After a short write of `written_bytes` of `asked_bytes` (not yet in file.size_bytes): the
// caller's policy. True: the file is done with, go on with the next one.
struct ShortOutcome {
  bool done = false;
  bool full = false;  // needs space before going on
  std::optional<Failure> failure;
};
ShortOutcome after_short_write(FilledFile& file, uint64_t asked_bytes, uint64_t written_bytes,
                               OnShort on_short, CallerCounts& counts);

}  // namespace daxlab
