// What judges look at: what was done, what was answered, and what the lab held at rest. Values, so
// that a history can be made by hand.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/file/file_system.h"
#include "core/lab/lab.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/history.h"
#include "harness/histories/model.h"

namespace daxlab {

// Between operations, or when all threads have ended.
struct LabAtRest {
  SpaceUse space;
  std::vector<CachedPage> cached_pages;
  std::optional<std::string> unsafe_answer;  // of a plugin, caught by the core
};
LabAtRest look_at(Lab& lab);

// One thread: operations of a History with their answers.
struct AnsweredOp {
  Op op;
  Outcome expected;  // the model's, with as much space as anyone asks for
  Outcome seen;
  LabAtRest before, after;
};

struct SequentialEvidence {
  uint64_t seed = 0;
  bool all_or_nothing = false;  // the write strategy promises it
  std::vector<AnsweredOp> ops;
};

// Several threads. Events as run_program's; tickets are the schedule's steps.
struct ConcurrentEvidence {
  ConcurrentProgram program;
  std::vector<Event> events;
  LabAtRest before, after;
};

}  // namespace daxlab
