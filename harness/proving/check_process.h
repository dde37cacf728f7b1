// The process in which a combination is checked, or a case is run again.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/error_or.h"
#include "harness/check/check.h"
#include "harness/proving/check_subjects.h"
#include "harness/run/cell_process.h"

namespace daxlab {

class CheckProcess {
 public:
  using Body = std::function<std::string(const CheckSubject&, CellChannel&)>;

  // Runs `body` there with the combination's plugins; what it returns is the answer. The caller has
  // one thread. The error: what kept it from starting.
  static ErrorOr<std::unique_ptr<CheckProcess>> start(
      const CheckedCombination& checked, std::chrono::nanoseconds time_limit,
      std::function<void(const std::string&)> on_progress, Body body);
  ~CheckProcess();
  CheckProcess(const CheckProcess&) = delete;
  CheckProcess& operator=(const CheckProcess&) = delete;

  // To be waited for, and served.
  CellProcess& process() { return *process_; }

  // When it is gone without an answer, with that outcome: what it was in the middle of, as a
  // finding about progress; nullopt when that was no case.
  std::optional<CheckFinding> left_behind(const CellOutcome& outcome) const;

 private:
  CheckProcess(const CheckedCombination& checked, RunningCase* running)
      : checked_(checked), running_(running) {}
  const CheckedCombination checked_;
  RunningCase* const running_;  // shared with the process
  std::unique_ptr<CellProcess> process_;
};

// How such a process ended without an answer: a line that names cause and plugin.
std::string end_of_process(const CellOutcome& outcome);

}  // namespace daxlab
