// The last part of what a process printed.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace daxlab {

class OutputTail {
 public:
  static constexpr size_t kept_bytes = size_t{64} << 10;

  // Takes what can be read without waiting; false at the end of the output.
  bool read_available(int fd);

  // The last lines that are not empty, at most `lines`; each of printable characters only.
  std::string last_lines(size_t lines) const;

  // The first lines of a sanitizer's report, which says at its beginning what happened, and its
  // summary; empty: there is none.
  std::string report_lines(size_t lines) const;

 private:
  // Of what is kept, from `start` on.
  std::vector<std::string> lines_from(size_t start) const;

  std::string text_;
};

}  // namespace daxlab
