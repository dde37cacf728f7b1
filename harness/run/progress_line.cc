#include "harness/run/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "harness/run/standard_streams.h"

namespace daxlab {
namespace {

constexpr size_t longest_bytes = 120;
constexpr char begin_anew[] = "\r\033[K";  // ours: print() sends no control characters

}  // namespace

ProgressLine::ProgressLine(std::chrono::nanoseconds interval)
    : is_terminal_(isatty(STDERR_FILENO) == 1), interval_(interval) {}

void ProgressLine::show(std::string_view text) {
  text = text.substr(0, longest_bytes);
  if (is_terminal_) {
    clear();
    print_to(stderr, text);
    return;
  }
  const Clock::time_point now = Clock::now();
  if (now - last_ < interval_) return;
  last_ = now;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
  print_error("{} after {} s\n", text, seconds);
}

void ProgressLine::clear() const {
  if (is_terminal_) std::fputs(begin_anew, stderr);
}

}  // namespace daxlab
