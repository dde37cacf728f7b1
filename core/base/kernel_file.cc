#include "core/base/kernel_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fstream>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {

std::optional<std::string> read_line(const std::filesystem::path& file) {
  std::ifstream stream(file);
  std::string line;
  if (!std::getline(stream, line)) return std::nullopt;
  return line;
}

std::optional<uint64_t> parse_number(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return std::nullopt;
  const size_t last = text.find_last_not_of(" \t") + 1;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data() + first, text.data() + last, number);
  if (error != std::errc{} || end != text.data() + last) return std::nullopt;
  return number;
}

std::optional<uint64_t> read_number(const std::filesystem::path& file) {
  const std::optional<std::string> line = read_line(file);
  return line ? parse_number(*line) : std::nullopt;
}

ErrorOr<std::string> read_whole(const std::string& file) {
  const OwnedDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!opened.is_open()) return error_from_errno(file, errno);
  std::string text;
  std::array<char, 4096> chunk;
  ssize_t count = 0;
  while ((count = ::read(opened.number(), chunk.data(), chunk.size())) > 0) {
    text.append(chunk.data(), static_cast<size_t>(count));
  }
  if (count < 0) return error_from_errno(file, errno);
  if (text.empty()) return Error{file + ": is empty"};
  return text;
}

std::string read_text(const std::filesystem::path& file) {
  auto text = read_whole(file);
  return text.ok() ? text.take() : std::string();
}

std::optional<uint64_t> named_number(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    if (!line.starts_with(name)) continue;
    const std::string_view behind = line.substr(name.size());
    const size_t first = behind.find_first_not_of(" \t");
    if (first == 0 || first == behind.npos) continue;  // another name that begins like it
    return parse_number(
        std::string(behind.substr(first, behind.find_first_of(" \t", first) - first)));
  }
  return std::nullopt;
}

}  // namespace daxlab
