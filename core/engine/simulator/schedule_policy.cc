#include "core/engine/simulator/schedule_policy.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <random>

namespace daxlab {
namespace {

constexpr uint32_t most_threads = 32;

bool is_ready(const Turn& turn, uint32_t thread) {
  return std::ranges::find(turn.ready, thread) != turn.ready.end();
}

// Who goes on when nothing speaks for another one: the same, unless it spins.
uint32_t usual(const Turn& turn) {
  if (turn.current == no_thread) return turn.ready.front();
  if (turn.kind != StepKind::relax) return turn.current;
  const auto after = std::ranges::upper_bound(turn.ready, turn.current);
  return after == turn.ready.end() ? turn.ready.front() : *after;
}

class Random final : public SchedulePolicy {
 public:
  explicit Random(uint64_t seed) : engine_(seed) {}
  uint32_t choose(const Turn& turn) override { return turn.ready[engine_() % turn.ready.size()]; }

 private:
  std::mt19937_64 engine_;  // the standard says what it gives: the same everywhere
};

class Pct final : public SchedulePolicy {
 public:
  Pct(uint64_t seed, uint32_t depth, uint64_t turns_expected) {
    std::mt19937_64 engine(seed);
    for (uint32_t i = 0; i < most_threads; ++i) priorities_[i] = first_priority + i;
    for (uint32_t i = most_threads - 1; i > 0; --i) {
      std::swap(priorities_[i], priorities_[engine() % (i + 1)]);
    }
    for (uint32_t i = 1; i < depth; ++i) {
      changes_.push_back(engine() % std::max<uint64_t>(turns_expected, 1));
    }
  }

  uint32_t choose(const Turn& turn) override {
    const auto change = std::ranges::find(changes_, turn_++);
    if (turn.current != no_thread) {
      if (change != changes_.end()) {
        // Below all that have not been lowered, and those lowered later below each other.
        priorities_[turn.current] = change - changes_.begin();
      } else if (turn.kind == StepKind::relax) {
        priorities_[turn.current] = --lowest_;
      }
    }
    return std::ranges::max(turn.ready, {}, [this](uint32_t i) { return priorities_[i]; });
  }

 private:
  static constexpr int64_t first_priority = 1 << 20;
  std::array<int64_t, most_threads> priorities_{};
  std::vector<uint64_t> changes_;  // turns
  uint64_t turn_ = 0;
  int64_t lowest_ = 0;
};

class Scripted final : public SchedulePolicy {
 public:
  explicit Scripted(std::vector<uint32_t> choices) : choices_(std::move(choices)) {}
  uint32_t choose(const Turn& turn) override {
    const size_t at = next_++;
    if (at < choices_.size() && is_ready(turn, choices_[at])) return choices_[at];
    return usual(turn);
  }

 private:
  std::vector<uint32_t> choices_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<SchedulePolicy> random_policy(uint64_t seed) {
  return std::make_unique<Random>(seed);
}

std::unique_ptr<SchedulePolicy> pct_policy(uint64_t seed, uint32_t depth, uint64_t turns_expected) {
  return std::make_unique<Pct>(seed, depth, turns_expected);
}

std::unique_ptr<SchedulePolicy> scripted_policy(std::vector<uint32_t> choices) {
  return std::make_unique<Scripted>(std::move(choices));
}

uint32_t ExhaustivePolicy::choose(const Turn& turn) {
  if (at_ < path_.size()) return path_[at_++].taken;
  const uint32_t before = path_.empty() ? 0 : path_.back().preemptions;
  const uint32_t taken = usual(turn);
  uint32_t left = 0;
  const bool spins = turn.kind == StepKind::relax;
  if (turn.current == no_thread || (before < most_preemptions_ && !spins)) {
    for (uint32_t thread : turn.ready) left |= uint32_t{1} << thread;
    left &= ~(uint32_t{1} << taken);
  }
  path_.push_back({left, taken, before, turn.current});
  ++at_;
  return taken;
}

bool ExhaustivePolicy::next() {
  // A run that was cut short has not come to the end of the path: what is behind it is of no run.
  path_.resize(std::min(path_.size(), at_));
  at_ = 0;
  while (!path_.empty() && path_.back().left == 0) path_.pop_back();
  if (path_.empty()) return false;
  Choice& last = path_.back();
  const bool was_first = last.taken == last.current;
  last.taken = static_cast<uint32_t>(std::countr_zero(last.left));
  last.left &= last.left - 1;
  if (was_first) ++last.preemptions;  // from now on somebody else, though `current` could go on
  return true;
}

}  // namespace daxlab
