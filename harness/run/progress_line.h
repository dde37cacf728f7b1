// One line on a terminal, written over and over; nothing where stderr is none.
#pragma once

#include <string_view>

namespace daxlab {

class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(std::string_view text) const;
  void clear() const;

 private:
  bool shown_;
};

}  // namespace daxlab
