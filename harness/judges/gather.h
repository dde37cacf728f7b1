// Runs a history on a lab, operation by operation beside the model, and notes what judges ask for.
#pragma once

#include "core/lab/lab.h"
#include "harness/histories/history.h"
#include "harness/judges/evidence.h"

namespace daxlab {

struct GatherPlan {
  JudgeSet judges = {};  // what they do not ask for is not looked at
  bool all_or_nothing = false;
  bool atomic_writes = false;
  InjectedFaults faults = {};  // the lab's
  // The lab holds it: not with fill_free_blocks. Only there blocks are lost that a file has.
  std::optional<FileBefore> file_before = {};
  // Otherwise they hold what they held, and what fill_free_blocks() with that seed left there.
  bool fill_free_blocks = true;
  uint64_t garbage_seed = 0;
  PageRange garbage_blocks = {};
};

// The lab holds no files of a history's names but that one, and none afterwards. One thread.
// Operations that POSIX leaves undefined, or that have nothing to act on, are left out. Where space
// may run out, the faults that read() and write() would take in a view's memory are taken before,
// as an operation of its own: nobody survives a bus error there. Those that would come to a lost
// page there are left out, too.
//
// Ends early when the model cannot follow an answer: what comes after would mean nothing.
SequentialEvidence gather(Lab& lab, const History& history, const GatherPlan& plan);

// What the files of a model can use at most: a block for each page up to their ends, and nodes.
uint64_t most_blocks_of(const Model& model);

}  // namespace daxlab
