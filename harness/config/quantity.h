// Whole numbers, sizes and times as written in a config.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/error_or.h"
#include "daxlab/options.h"

namespace daxlab {

struct UnitSuffix {
  std::string_view name;  // "KiB"
  uint64_t factor;
};

// The largest first, the last is the unit itself; none for numbers without a unit.
std::span<const UnitSuffix> suffixes_of(OptionUnit unit);

// none, pages, blocks: "16". bytes: "4096", "4KiB", "1GiB" (B, KiB, MiB, GiB, TiB). nanoseconds:
// "500", "20s", "500ms" (ns, us, ms, s, min, h). No sign, no fraction, no space; at most 2^64 - 1.
// The error says what was expected and found: "expected a size such as 64MiB, found '1.5GiB' ...".
ErrorOr<uint64_t> parse_quantity(std::string_view text, OptionUnit unit);

// Exact, with the largest unit that divides: "32MiB", "4097B", "20s". What it prints can be parsed.
std::string format_quantity(uint64_t value, OptionUnit unit);

// "a whole number", "a size such as 64MiB", "a time such as 20s".
const char* expected_quantity(OptionUnit unit);

}  // namespace daxlab
