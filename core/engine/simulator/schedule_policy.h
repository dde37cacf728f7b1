// Who goes on at each step where several simulated threads could: the only source of difference
// between two runs of one program.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/sync/schedule.h"

namespace daxlab {

struct Turn {
  std::span<const uint32_t> ready;  // threads that can go on, ascending; not empty
  uint32_t current;                 // who has the turn; `no_thread` when it waits or has ended
  StepKind kind;                    // what `current` is about to do, and to what: objects are
  uint32_t object;                  // numbered in the order in which a run meets them
};
inline constexpr uint32_t no_thread = UINT32_MAX;

class SchedulePolicy {
 public:
  virtual ~SchedulePolicy() = default;
  // One of turn.ready.
  virtual uint32_t choose(const Turn& turn) = 0;
};

// Every ready thread is as likely as any other, at every step.
std::unique_ptr<SchedulePolicy> random_policy(uint64_t seed);
// Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatti, 2010): random
// priorities, lowered at depth - 1 random steps of `steps_expected`. A thread that spins loses its
// priority.
std::unique_ptr<SchedulePolicy> pct_policy(uint64_t seed, uint32_t depth, uint64_t steps_expected);
// Thread choices[i] at the i-th turn; where that one is not ready, or the list has ended: who has
// the turn, else the lowest. For replay, and for shrinking what was chosen.
std::unique_ptr<SchedulePolicy> scripted_policy(std::vector<uint32_t> choices);

// Every schedule of a program with at most so many preemptions (a turn taken from a thread that was
// ready), one after the other, depth first; each differs from all others. Musuvathi and Qadeer,
// "Iterative context bounding", 2007.
class ExhaustivePolicy final : public SchedulePolicy {
 public:
  explicit ExhaustivePolicy(uint32_t preemptions);
  uint32_t choose(const Turn& turn) override;
  // After a run of the same program: false when there is no other schedule.
  bool next();

 private:
  struct Choice {
    std::vector<uint32_t> left;  // still to be tried here
    uint32_t taken;
    uint32_t preemptions;  // up to here
  };
  const uint32_t most_preemptions_;
  std::vector<Choice> path_;
  size_t at_ = 0;
};

}  // namespace daxlab
