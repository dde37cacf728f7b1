#include "harness/config/text_check.h"

#include <fmt/format.h>

namespace daxlab {
size_t utf8_character_bytes(std::string_view text) {
  const auto byte = [&](size_t i) -> uint32_t {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0;
  };
  if (byte(0) < 0x80) return 1;
  const size_t bytes = (byte(0) >> 5) == 0x6    ? 2
                       : (byte(0) >> 4) == 0xE  ? 3
                       : (byte(0) >> 3) == 0x1E ? 4
                                                : 0;
  if (bytes == 0) return 0;
  uint32_t code = byte(0) & (0x7Fu >> bytes);
  for (size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
    code = code << 6 | (byte(i) & 0x3F);
  }
  constexpr uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code < smallest[bytes] || surrogate || code > 0x10FFFF ? 0 : bytes;
}

std::optional<BadText> find_bad_text(std::string_view text) {
  uint32_t line = 1;
  size_t line_start = 0;
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const auto column = static_cast<uint32_t>(i - line_start + 1);
    if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
      return BadText{line, column, fmt::format("control character 0x{:02x}; expected text", byte)};
    }
    const size_t bytes = utf8_character_bytes(text.substr(i));
    if (bytes == 0) {
      return BadText{line, column, fmt::format("byte 0x{:02x} is not UTF-8; expected text", byte)};
    }
    i += bytes;
    if (byte == '\n') {
      ++line;
      line_start = i;
    }
  }
  return std::nullopt;
}

}  // namespace daxlab
