// What judges look at: what was done, what was answered, and what the lab held at rest. Values, so
// that a history can be made by hand. What is left out (nullopt, empty) is not judged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/file/file_system.h"
#include "core/lab/injected_faults.h"
#include "core/lab/lab.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/history.h"
#include "harness/histories/model.h"
#include "harness/judges/judge.h"

namespace daxlab {

// Between operations, or when all threads have ended.
struct LabAtRest {
  std::optional<SpaceUse> space = {};
  std::vector<CachedPage> cached_pages = {};
  std::optional<std::string> unsafe_answer = {};  // of a plugin, caught by the core
};
// What these judges ask for; looking at less is quicker. While nobody uses the lab.
LabAtRest look_at(Lab& lab, const JudgeSet& judges = {});

// Of a file or a page of a view: what the model says that it holds, and what it showed.
struct Shown {
  std::vector<std::byte> expected;
  std::vector<std::byte> seen;
  uint64_t offset_bytes = 0;                // in the file
  ErrorCode expected_code = ErrorCode::ok;  // past the end: a bus error
  ErrorCode code = ErrorCode::ok;
};

// One thread: operations of a History with their answers.
struct AnsweredOp {
  Op op;                // as it was asked
  uint64_t number = 0;  // in the history; the run may have put operations of its own in between
  // The model's answer, which is what must be seen. It follows what may be answered: a write that
  // returned less has written less, one that found no space nothing.
  Outcome expected;
  Outcome seen;
  std::optional<LabAtRest> after = {};
  // Its file, read() when space ran out: whether just that happened which was answered.
  std::optional<Shown> file = {};
  // What the files that are left can use at most, by their sizes.
  std::optional<uint64_t> most_blocks = {};
  // It came to a page whose memory is lost, and may have failed or ended there.
  bool met_lost_page = false;
};
// What it did to the files; nullopt: nothing.
std::optional<Op> as_it_happened(const AnsweredOp& op);
// "op 17 load view 2 offset 4096"
std::string to_text(const AnsweredOp& op);

// At the end of a history.
struct ShownAtEnd {
  bool by_view = false;
  uint32_t place = 0;  // the file's, or the view's
  Shown shown;
};

struct SequentialEvidence {
  uint64_t seed = 0;
  bool all_or_nothing = false;  // the write strategy promises it,
  bool atomic_writes = false;   // and this, for which it replaces blocks
  InjectedFaults faults = {};
  // What free blocks held before: harness/crash/garbage.h. 0: anything.
  uint64_t garbage_seed = 0;
  PageRange garbage_blocks = {};
  std::optional<FileBefore> file_before = {};
  LabAtRest before = {};
  std::vector<AnsweredOp> ops = {};
  std::vector<ShownAtEnd> at_end = {};
  // When every file and view was gone.
  std::optional<LabAtRest> emptied = {};
};

// Several threads. Events as run_program's; tickets are the schedule's steps.
struct ConcurrentEvidence {
  ConcurrentProgram program;
  std::vector<Event> events;
  bool all_or_nothing = false;
  bool atomic_writes = false;
  InjectedFaults faults = {};
  uint64_t garbage_seed = 0;
  PageRange garbage_blocks = {};
  LabAtRest before = {};                // before the files were made
  std::optional<LabAtRest> after = {};  // all threads have ended, the files are there
  std::optional<LabAtRest> emptied = {};
  PunchRule punch_rule = PunchRule::at_once;  // repeatedly: tmpfs
};

}  // namespace daxlab
