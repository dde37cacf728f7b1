#include "core/base/printable.h"

#include <algorithm>
#include <cstdint>

namespace daxlab {
namespace {

// The first character of `text`, of that many bytes (0: no UTF-8), is no picture.
bool is_control(std::string_view text, size_t bytes) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (bytes == 1) return byte(0) < 0x20 || byte(0) == 0x7F;
  return bytes == 2 && byte(0) == 0xC2 && byte(1) < 0xA0;  // C1: U+0080 to U+009F
}

void add_escaped(std::string& shown, char byte) {
  constexpr const char* digits = "0123456789abcdef";
  if (byte == '\n') {
    shown += "\\n";
    return;
  }
  const auto value = static_cast<unsigned char>(byte);
  shown += "\\x";
  shown += digits[value >> 4];
  shown += digits[value & 0xF];
}

std::string escape(std::string_view text, std::string_view kept) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const size_t bytes = utf8_character_bytes(text);
    const bool is_shown = bytes != 0 && !is_control(text, bytes);
    if (is_shown || kept.find(text[0]) != kept.npos) {
      shown += text.substr(0, std::max<size_t>(bytes, 1));
    } else {
      add_escaped(shown, text[bytes == 2 ? 1 : 0]);  // of C1 the byte that names it
    }
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return shown;
}

}  // namespace

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

std::string printable(std::string_view text) { return escape(text, {}); }

std::string printable_lines(std::string_view text) { return escape(text, "\n\t"); }

}  // namespace daxlab
