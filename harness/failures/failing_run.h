// One run of a history with failures planned, judged by the promise: a call that reports an error
// has changed nothing, all others are right, and afterwards everything is as the model has it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/lab/lab.h"
#include "harness/failures/kernel_calls.h"
#include "harness/histories/history.h"

namespace daxlab {

struct RunVerdict {
  // How the promise was broken, for people; nothing when it was kept.
  std::optional<std::string> broken;
  CallCount calls;
  uint64_t refused = 0;  // operations that reported an error which the model does not have
  // No lab: what it said. Or the message with which the lab gave up, since a page could not be
  // taken out of a mapping by any means.
  std::optional<std::string> not_assembled, given_up;
};

// A lab of its own for each run; the plan holds from its assembly to its end.
RunVerdict run_with_failures(const LabSpec& spec, const History& history, const FailurePlan& plan);

// The same where a limit of the process is reached instead, by `reach` before the lab is assembled
// or after it: then any operation may be refused. `lift` comes before all is compared.
struct Limit {
  bool before_assembly = false;
  std::function<void()> reach, lift;
};
RunVerdict run_at_a_limit(const LabSpec& spec, const History& history, const Limit& limit,
                          bool userfaultfd_forbidden = false);

// Holes, zero pages, blocks and cached pages under two files and several views: each operation of
// the engine and the core, in the order in which they meet. Few calls, so that each can fail in
// turn.
History history_of_every_operation();

}  // namespace daxlab
