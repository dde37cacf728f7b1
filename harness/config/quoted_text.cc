#include "harness/config/quoted_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/config/text_check.h"

namespace daxlab {

std::string printable(std::string_view text, size_t most_bytes) {
  std::string shown;
  while (!text.empty()) {
    if (shown.size() >= most_bytes) return shown + "...";
    const auto byte = static_cast<unsigned char>(text[0]);
    const size_t bytes = utf8_character_bytes(text);
    if (byte == '\n') {
      shown += "\\n";
    } else if (byte < 0x20 || byte == 0x7F || bytes == 0) {
      shown += fmt::format("\\x{:02x}", byte);
    } else {
      shown += text.substr(0, bytes);
    }
    text.remove_prefix(std::max<size_t>(bytes, 1));
  }
  return shown;
}

std::string in_quotes(std::string_view text) { return "'" + printable(text, 60) + "'"; }

}  // namespace daxlab
