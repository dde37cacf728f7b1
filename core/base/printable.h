// Text of others - names, paths, labels, what plugins and result files say - as it may be shown: a
// control character would move a terminal's cursor, forge a line of a log or a cell of a table.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace daxlab {

// On one line: control characters (C0, DEL and, in UTF-8, C1) and bytes that are not UTF-8 as
// "\n", "\x1b", "\x9b". The same for what has been through it.
std::string printable(std::string_view text);
// Line feeds and tabs stay.
std::string printable_lines(std::string_view text);

// Length in bytes of the well-formed UTF-8 character that starts `text`; 0: there is none.
size_t utf8_character_bytes(std::string_view text);

}  // namespace daxlab
