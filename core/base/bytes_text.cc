#include "core/base/bytes_text.h"

#include <fmt/format.h>

#include <array>
#include <utility>

namespace daxlab {

std::string bytes_text(uint64_t bytes) {
  constexpr std::array<std::pair<int, const char*>, 4> units = {
      {{40, "TiB"}, {30, "GiB"}, {20, "MiB"}, {10, "KiB"}}};
  for (const auto& [shift, name] : units) {
    const uint64_t unit = uint64_t{1} << shift;
    if (bytes < unit) continue;
    if (bytes % unit == 0) return fmt::format("{} {}", bytes >> shift, name);
    return fmt::format("{:.1f} {}", static_cast<double>(bytes) / static_cast<double>(unit), name);
  }
  return fmt::format("{} bytes", bytes);
}

}  // namespace daxlab
