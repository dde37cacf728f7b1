// Refuses bytes that a YAML parser would misread: the parser takes byte 4 for the end of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace daxlab {

struct BadText {
  uint32_t line = 1;    // 1-based
  uint32_t column = 1;  // 1-based, in bytes
  std::string message;
};

// The first control character (tab, line feed and carriage return apart) or byte that is not UTF-8.
std::optional<BadText> find_bad_text(std::string_view text);

}  // namespace daxlab
