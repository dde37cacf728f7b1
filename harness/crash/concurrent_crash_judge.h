// Whether what a recovery found is something that the threads of a program could expect.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/region/inode_table.h"
#include "harness/crash/crash_run.h"
#include "harness/crash/legal_shared_file.h"
#include "harness/histories/concurrent.h"

namespace daxlab {

// Durable linearizability (Izraelevitz, Mendes and Scott, 2016), word by word, for a program in
// which stores become durable by a sync:
//   - What a word holds was put there by some operation on it that had begun before the crash, or
//     it is the zero of the beginning. Operations in flight may be there or not.
//   - An operation that is durable is not overtaken by what was over before it began: a value is
//     illegal if its operation had answered before a durable one on this word was invoked.
//   - write, punch and truncate are durable when they answer, a store when a sync or view_sync has
//     answered that was invoked after the store had answered.
//   - The size likewise, by what gives it a value: truncate, and a write or preallocate that ends
//     behind it. Words behind the recovered end do not count. If only a write in flight explains
//     the end, what it wrote behind any other end is there too.
//   - A store behind the end of its file, through a mapping of the end's page, is nobody's: where
//     the file grows over it there are zeros.
// What fails changes nothing; of what an input/output error ended, any part may be there.
// That is necessary, so no correct run is accused. It is not all: that one order explains several
// words together is not asked.
//
// Also: blocks in use are those of the files, and there are no files but the program's.
class ConcurrentCrashJudge final : public CrashFollower {
 public:
  // Both outlive it. `events` in any order; marks name them by their place.
  ConcurrentCrashJudge(const ConcurrentProgram& program, const std::vector<Event>& events);

  void op_begins(uint64_t op) override;
  void op_ends(uint64_t op) override;
  bool promises(uint64_t op) const override;
  std::optional<CrashFinding> judge(Region& region, const Recovery& recovery) const override;
  uint64_t fingerprint(uint64_t op) const override;
  std::string run_text() const override;
  std::string moment_text() const override;

 private:
  using Ticket = LegalSharedFile::Ticket;
  std::optional<CrashFinding> judge_file(Region& region, const InodeTable& inodes,
                                         uint32_t file) const;

  const ConcurrentProgram& program_;
  const std::vector<Event>& events_;
  std::vector<LegalSharedFile> files_;
  std::map<uint64_t, Ticket> in_flight_;  // operation: when it was invoked
  Ticket now_ = 0;
};

}  // namespace daxlab
