#include "harness/run/progress_line.h"

#include <unistd.h>

#include <cstdio>

#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

constexpr size_t longest_bytes = 120;
constexpr char begin_anew[] = "\r\033[K";  // ours: print() sends no control characters

}  // namespace

ProgressLine::ProgressLine() : shown_(isatty(STDERR_FILENO) == 1) {}

void ProgressLine::show(std::string_view text) const {
  if (!shown_) return;
  clear();
  print_to(stderr, text.substr(0, longest_bytes));
}

void ProgressLine::clear() const {
  if (shown_) std::fputs(begin_anew, stderr);
}

}  // namespace daxlab
