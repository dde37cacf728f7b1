// Files of proc and sys, which hold a number, a word or lines of "name value".
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/error_or.h"

namespace daxlab {

// First line of a file without its newline; nothing when it cannot be read.
std::optional<std::string> read_line(const std::filesystem::path& file);
// A decimal number with spaces around it; nothing when the text is anything else or too big.
std::optional<uint64_t> parse_number(const std::string& text);
// The number that is a file's first line.
std::optional<uint64_t> read_number(const std::filesystem::path& file);
// All of it. The error: it cannot be read, or there is nothing in it. Takes little memory from the
// heap, as who measures a child must: after the fork each page of that is copied.
ErrorOr<std::string> read_whole(const std::string& file);
// The same, empty instead of an error.
std::string read_text(const std::filesystem::path& file);
// The number behind that word at the start of a line: "oom_kill 3", "VmLck:   12 kB".
std::optional<uint64_t> named_number(std::string_view text, std::string_view name);

}  // namespace daxlab
