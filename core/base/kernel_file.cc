#include "core/base/kernel_file.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

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

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
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
