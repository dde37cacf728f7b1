#include "harness/run/shared_memory_check.h"

#include <fmt/format.h>

#include "core/base/bytes_text.h"
#include "core/base/control_groups.h"
#include "core/base/kernel_file.h"

namespace daxlab {

// What a control group does not have is not refused but killed for.
std::optional<Error> check_shared_memory(uint64_t region_bytes) {
  const auto bound = shared_memory_bound("/");
  if (bound && region_bytes > bound->bytes) {
    return Error{fmt::format(
        "region size of {} bytes: emulated in memory, of which this process gets {} at most: {} = "
        "{} in {}; give less, raise it, or take medium file",
        region_bytes, bytes_text(bound->bytes), bound->group.limit_name,
        bytes_text(*bound->group.limit_bytes), bound->group.folder.string())};
  }
  const auto available_kib = named_number(read_text("/proc/meminfo"), "MemAvailable:");
  if (!available_kib || region_bytes / 1024 <= *available_kib) return std::nullopt;
  return Error{fmt::format(
      "region size of {} bytes: emulated in memory, of which {} bytes are available; give less",
      region_bytes, *available_kib * 1024)};
}

}  // namespace daxlab
