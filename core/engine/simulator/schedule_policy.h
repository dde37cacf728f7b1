// Who goes on at each step where several simulated threads could: the only source of difference
// between two runs of one program.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/sync/schedule.h"

namespace daxlab {

struct Turn {
  std::span<const uint32_t> ready;  // threads that can go on, ascending; at least two
  uint32_t current;                 // who has the turn; `no_thread` when it waits or has ended
  StepKind kind;                    // what `current` is about to do
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
// priorities, lowered at depth - 1 random turns of `turns_expected`. A thread that spins falls
// behind all others.
std::unique_ptr<SchedulePolicy> pct_policy(uint64_t seed, uint32_t depth, uint64_t turns_expected);

// Thread choices[i] at the i-th turn; where that one is not ready, or the list has ended: who has
// the turn, else the lowest. For replay, and for shrinking what was chosen.
std::unique_ptr<SchedulePolicy> scripted_policy(std::vector<uint32_t> choices);

// Every schedule of a program with at most so many preemptions (a turn taken from a thread that was
// ready), one after the other, depth first; each differs from all others. After "Iterative context
// bounding" (Musuvathi and Qadeer, 2007). A thread that spins gives way by itself, to the next one.
class ExhaustivePolicy final : public SchedulePolicy {
 public:
  explicit ExhaustivePolicy(uint32_t preemptions) : most_preemptions_(preemptions) {}
  uint32_t choose(const Turn& turn) override;
  // After a run: makes ready for the next schedule of the same program; false when there is none.
  bool next();

 private:
  struct Choice {
    uint32_t left;  // threads still to be tried here, a bit each
    uint32_t taken;
    uint32_t preemptions;  // up to here, this choice included
    uint32_t current;
  };
  const uint32_t most_preemptions_;
  std::vector<Choice> path_;
  size_t at_ = 0;
};

}  // namespace daxlab
