#include "core/base/kernel_file.h"

#include <charconv>
#include <fstream>
#include <sstream>

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

std::optional<uint64_t> read_named_number(const std::filesystem::path& file,
                                          const std::string& name) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string word, number;
    if (words >> word >> number && word == name) return parse_number(number);
  }
  return std::nullopt;
}

}  // namespace daxlab
