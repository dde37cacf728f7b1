#include "harness/config/text_check.h"

#include <fmt/format.h>

#include "core/base/printable.h"

namespace daxlab {

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
