#include "harness/config/quoted_text.h"

#include <algorithm>

#include "core/base/printable.h"

namespace daxlab {

std::string printable(std::string_view text, size_t most_bytes) {
  std::string shown;
  while (!text.empty()) {
    if (shown.size() >= most_bytes) return shown + "...";
    const size_t bytes = std::max<size_t>(utf8_character_bytes(text), 1);
    shown += printable(text.substr(0, bytes));
    text.remove_prefix(bytes);
  }
  return shown;
}

std::string in_quotes(std::string_view text) { return "'" + printable(text, 60) + "'"; }

}  // namespace daxlab
