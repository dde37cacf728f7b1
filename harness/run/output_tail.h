// The last part of what a process printed.
#pragma once

#include <cstddef>
#include <string>

namespace daxlab {

class OutputTail {
 public:
  static constexpr size_t kept_bytes = size_t{64} << 10;

  // Takes what can be read without waiting; false at the end of the output.
  bool read_available(int fd);

  // The last lines that are not empty, at most `lines`; each of printable characters only. When a
  // sanitizer has reported, up to the last summary of its reports.
  std::string last_lines(size_t lines) const;

 private:
  std::string text_;
};

}  // namespace daxlab
