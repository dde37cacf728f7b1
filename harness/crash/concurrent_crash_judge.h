// Whether what a recovery found is something that the threads of a program could expect.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/region/inode_table.h"
#include "harness/crash/crash_run.h"
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
  using Ticket = uint64_t;
  static constexpr Ticket not_yet = UINT64_MAX;
  struct Put {
    uint64_t value;
    Ticket invoked;
    Ticket answered;
    uint64_t op;
  };
  struct Word {
    std::vector<Put> puts;  // by stores and writes
    Ticket durable = 0;     // when the last of these that is durable was invoked
  };
  // Zeros put to all words of a range, by punch and truncate.
  struct Zeroed {
    uint64_t first;
    uint64_t end;
    Ticket invoked;
    Ticket answered;
    uint64_t op;
    bool durable;
  };
  struct SizePut {
    bool exactly;  // truncate; else it grows to that, if it is less
    uint64_t size_bytes;
    Ticket invoked;
    Ticket answered;
    uint64_t op;
    bool durable;
  };
  struct JudgedFile {
    std::map<uint64_t, Word> words;  // by number
    std::vector<Zeroed> zeroed;
    std::vector<SizePut> sizes;
  };
  // What only the operation that made the file so large may have left there.
  struct Grown {
    uint64_t first = 0;
    uint64_t end = 0;
    Ticket by = 0;
  };

  static bool may_change(const Event& event);
  static bool is_durable_when_answered(const Event& event);
  template <class Look>
  static void for_each_put(JudgedFile& file, uint64_t op, const Event& event, Look look);
  static void make_stores_durable(JudgedFile& file, const Event& event, Ticket invoked);
  static Ticket durable_at(const JudgedFile& file, uint64_t number, const Word* word);
  static bool allows_zero(const JudgedFile& file, uint64_t number, Ticket durable);
  static bool was_shorter(const JudgedFile& file, const SizePut& put);
  static bool can_have(const JudgedFile& file, const SizePut& put);
  std::optional<Grown> explain_size(const JudgedFile& file, uint64_t size_bytes) const;
  std::string size_text(const JudgedFile& file) const;
  std::optional<CrashFinding> judge_file(Region& region, const InodeTable& inodes,
                                         uint32_t file) const;
  std::optional<CrashFinding> judge_page(const JudgedFile& file, uint64_t pgoff,
                                         const uint64_t* seen, uint64_t words,
                                         const Grown& grown) const;
  std::optional<CrashFinding> judge_word(const JudgedFile& file, uint64_t number, uint64_t value,
                                         const Grown& grown) const;

  const ConcurrentProgram& program_;
  const std::vector<Event>& events_;
  std::vector<JudgedFile> files_;
  std::map<uint64_t, Ticket> in_flight_;  // operation: when it was invoked
  Ticket now_ = 0;
};

}  // namespace daxlab
