#include "harness/report/human_units.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace daxlab {
namespace {

// Three digits: 9.13, 91.3, 913.
std::string three_digits(double value) {
  if (value < 9.995) return fmt::format("{:.2f}", value);
  if (value < 99.95) return fmt::format("{:.1f}", value);
  return fmt::format("{:.0f}", value);
}

}  // namespace

std::string format_ns(double ns) {
  if (ns < 999.5)
    return (ns == std::floor(ns) ? fmt::format("{:.0f}", ns) : three_digits(ns)) + " ns";
  constexpr std::array units = {"us", "ms", "s"};
  size_t unit = 0;
  double value = ns / 1000;
  for (; unit + 1 < units.size() && value >= 999.5; ++unit) value /= 1000;
  return three_digits(value) + " " + units[unit];
}

std::string format_bytes(double bytes) {
  if (bytes == 0) return "0";
  if (bytes < 1024) return fmt::format("{:.0f} B", bytes);
  constexpr std::array units = {"KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  double value = bytes / 1024;
  for (; unit + 1 < units.size() && value >= 1023.5; ++unit) value /= 1024;
  return three_digits(value) + " " + units[unit];
}

std::string format_count(double count) {
  if (count < 9999.5) return fmt::format("{:.0f}", count);
  constexpr std::array units = {"k", "M", "G"};
  size_t unit = 0;
  double value = count / 1000;
  for (; unit + 1 < units.size() && value >= 999.5; ++unit) value /= 1000;
  return three_digits(value) + units[unit];
}

}  // namespace daxlab
