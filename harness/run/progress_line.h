// How far a long command is: on a terminal one line, written over and over; elsewhere, as in the
// log of a job, a line now and then.
#pragma once

#include <chrono>
#include <string_view>

namespace daxlab {

class ProgressLine {
 public:
  // The first line in a log comes after that time, too: what is quick says nothing.
  static constexpr std::chrono::seconds usual_interval{30};

  explicit ProgressLine(std::chrono::nanoseconds interval = usual_interval);
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // In a log only when the interval is over.
  void show(std::string_view text);
  void clear() const;

 private:
  using Clock = std::chrono::steady_clock;

  bool is_terminal_;
  std::chrono::nanoseconds interval_;
  Clock::time_point start_ = Clock::now(), last_ = start_;
};

}  // namespace daxlab
