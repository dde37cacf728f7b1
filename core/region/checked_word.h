// Words that change alone and so can be covered by no checksum of their surroundings carry their
// own: a value in the low 48 bits, a check of it in the high 16. A zero word is the value 0.
#pragma once

#include <cstdint>

namespace daxlab {

inline constexpr uint32_t checked_value_bits = 48;
inline constexpr uint64_t max_checked_value = (uint64_t{1} << checked_value_bits) - 1;

// The high bits of value * this. Two values that differ in one byte have different checks (proved
// beside the tests, for this factor), so no damage to a single byte of a word goes unnoticed.
inline constexpr uint64_t check_factor = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio

// value <= max_checked_value
constexpr uint64_t seal(uint64_t value) {
  return value | (value * check_factor >> checked_value_bits << checked_value_bits);
}
constexpr uint64_t value_of(uint64_t word) { return word & max_checked_value; }
constexpr bool is_intact(uint64_t word) { return seal(value_of(word)) == word; }

}  // namespace daxlab
