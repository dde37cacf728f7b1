// Words from a config as they appear in messages.
#pragma once

#include <string>
#include <string_view>

namespace daxlab {

// 'text' on one line: control characters and bytes that are not UTF-8 escaped, long text cut.
std::string in_quotes(std::string_view text);

// The same escapes, no quotes, cut at `most_bytes`.
std::string printable(std::string_view text, size_t most_bytes);

}  // namespace daxlab
