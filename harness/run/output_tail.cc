#include "harness/run/output_tail.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

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

std::string OutputTail::last_lines(size_t lines) const {
  const size_t start = text_.size() > kept_bytes ? text_.size() - kept_bytes : 0;
  std::vector<std::string> all;
  std::string line;
  const auto finish_line = [&] {
    if (line.find_first_not_of(' ') != std::string::npos) all.push_back(line);
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
  // What a sanitizer prints behind its summary says less than what stands before it.
  const auto summary = std::find_if(all.rbegin(), all.rend(), [](const std::string& printed) {
    return printed.starts_with("SUMMARY: ") && printed.find("Sanitizer: ") != printed.npos;
  });
  if (summary != all.rend()) all.erase(summary.base(), all.end());
  std::string joined;
  for (size_t i = all.size() - std::min(all.size(), lines); i < all.size(); ++i) {
    if (!joined.empty()) joined += '\n';
    joined += all[i].substr(0, 500);
  }
  return joined;
}

}  // namespace daxlab
