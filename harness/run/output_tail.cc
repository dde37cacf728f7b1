#include "harness/run/output_tail.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace daxlab {

bool OutputTail::read_available(int fd) {
  std::array<char, 4096> chunk;
  // Bounded, so that a process that prints for ever does not keep us here.
  for (size_t taken = 0; taken < kept_bytes; taken += chunk.size()) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    if (count == 0) return false;
    text_.append(chunk.data(), static_cast<size_t>(count));
    if (text_.size() > 2 * kept_bytes) text_.erase(0, text_.size() - kept_bytes);
  }
  return true;
}

std::vector<std::string> OutputTail::lines_from(size_t start) const {
  std::vector<std::string> all;
  std::string line;
  const auto finish_line = [&] {
    if (line.find_first_not_of(' ') != std::string::npos) all.push_back(line.substr(0, 500));
    line.clear();
  };
  for (size_t at = start; at < text_.size(); ++at) {
    const char c = text_[at];
    if (c == '\n') {
      finish_line();
    } else {
      const bool printable = c >= ' ' && c <= '~';
      line += printable ? c : (c == '\t' ? ' ' : '?');
    }
  }
  finish_line();
  return all;
}

std::string OutputTail::last_lines(size_t lines) const {
  const auto all = lines_from(text_.size() > kept_bytes ? text_.size() - kept_bytes : 0);
  const size_t left_out = all.size() - std::min(all.size(), lines);
  return fmt::format("{}",
                     fmt::join(all.begin() + static_cast<ptrdiff_t>(left_out), all.end(), "\n"));
}

std::string OutputTail::report_lines(size_t lines) const {
  for (const char* const begins : {"ERROR: AddressSanitizer", "WARNING: ThreadSanitizer"}) {
    const size_t at = text_.find(begins);
    if (at == text_.npos) continue;
    auto all = lines_from(at);
    const auto summary = std::ranges::find_if(
        all, [](const std::string& line) { return line.starts_with("SUMMARY: "); });
    const auto first = static_cast<ptrdiff_t>(std::min(lines, all.size()));
    std::vector<std::string> shown(all.begin(), all.begin() + first);
    if (summary - all.begin() >= first && summary != all.end()) shown.push_back(*summary);
    return fmt::format("{}", fmt::join(shown, "\n"));
  }
  return {};
}

}  // namespace daxlab
