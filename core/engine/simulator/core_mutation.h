// A core that is wrong in one place: what a judge must notice. Only a schedule can make it so, and
// only for the threads that it simulates; programs with real threads have no such switch.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/sync/schedule.h"

namespace daxlab {

struct CoreMutation {
  // twice: the second time is a step of its own, right after; others may come in between.
  // swap: done after the thread's next step of its kind, or at the thread's end.
  enum class How : uint32_t { drop, twice, swap };
  How how = How::drop;
  StepKind kind = StepKind::flush;
  std::string place;  // "core/dax/fault_path.cc:81"; empty: everywhere
  uint64_t nth = 0;   // of those, in the run, from 1; 0: each
};

// Applies one to the steps of a run.
class Mutator {
 public:
  // `mutation` may be null, and outlives it.
  explicit Mutator(const CoreMutation* mutation);

  bool is_active() const { return mutation_ != nullptr; }
  // Whether what Schedule::step calls `later` is to be done twice now, and not kept.
  bool doubles() const { return mutation_->how == CoreMutation::How::twice; }
  // What Schedule::step answers. A lock that was never taken is never given back, either.
  uint32_t times(uint32_t thread, StepKind kind, const void* object, const SourceLocation& where);
  void keep(uint32_t thread, std::function<void()> act);
  // After a step of the kind was done, or at the thread's end: what was kept. To be called by the
  // thread itself.
  void catch_up(uint32_t thread, StepKind kind);
  void thread_ends(uint32_t thread);

 private:
  bool applies(StepKind kind, const SourceLocation& where);

  struct Kept {
    uint32_t thread;
    std::function<void()> act;
  };
  const CoreMutation* mutation_;
  std::string file_;
  uint32_t line_ = 0;
  uint64_t met_ = 0;
  std::vector<std::pair<uint32_t, const void*>> never_locked_;
  std::vector<Kept> kept_;
};

}  // namespace daxlab
