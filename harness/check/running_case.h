// The case that a checking process is in the middle of, in memory that its parent shares: so that
// when a plugin ends the process, or never comes back, the survivor can keep the case.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "core/engine/simulator/schedule_policy.h"
#include "harness/check/case.h"

namespace daxlab {

// Trivially destructible, all zeros is valid: may live in shared memory. Takes 4 MiB of addresses;
// of memory only what a case needs.
class RunningCase {
 public:
  // By the process, for the length of a run. A case with a core mutation, or one too long for the
  // room there is, is not noted. `with_crashes`: it runs recorded, to be crashed afterwards.
  void begin(const Case& shown, bool with_crashes) noexcept;
  void chose(uint32_t thread) noexcept;
  void end() noexcept;

  // By the parent, when the process is gone. The case, with the choices up to its end: to be run
  // again with that config. nullopt: none was running, or what is there makes no sense, for the
  // process ran plugins.
  std::optional<Case> left_behind(const std::string& config) const;

 private:
  static constexpr size_t most_bytes = size_t{128} << 10;
  static constexpr uint32_t most_choices = 1'000'000;
  std::atomic<uint32_t> running_{0};
  std::atomic<uint32_t> choices_{0};
  uint64_t bytes_ = 0;  // of the case
  std::array<uint64_t, most_bytes / sizeof(uint64_t)> case_;
  std::array<uint32_t, most_choices> chosen_;
};

// Notes a run for a scope; nothing where `running` is null.
class NotedRun {
 public:
  NotedRun(RunningCase* running, const Case& shown, bool with_crashes) : running_(running) {
    if (running_ != nullptr) running_->begin(shown, with_crashes);
  }
  ~NotedRun() {
    if (running_ != nullptr) running_->end();
  }
  NotedRun(const NotedRun&) = delete;
  NotedRun& operator=(const NotedRun&) = delete;

 private:
  RunningCase* running_;
};

// Chooses as another policy does, and notes that.
class NotedPolicy final : public SchedulePolicy {
 public:
  // `running` may be null. Both outlive it.
  NotedPolicy(SchedulePolicy& policy, RunningCase* running) : policy_(policy), running_(running) {}
  uint32_t choose(const Turn& turn) override {
    const uint32_t thread = policy_.choose(turn);
    if (running_ != nullptr) running_->chose(thread);
    return thread;
  }

 private:
  SchedulePolicy& policy_;
  RunningCase* running_;
};

}  // namespace daxlab
