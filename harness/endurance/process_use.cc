#include "harness/endurance/process_use.h"

#include <fmt/format.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "core/base/errno_status.h"
#include "harness/config/quantity.h"
#include "harness/run/memory_probe.h"

namespace daxlab {
namespace {

ErrorOr<uint64_t> open_descriptors() {
  const std::filesystem::path folder = "/proc/self/fd";
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  uint64_t count = 0;
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    ++count;
  }
  if (error) return error_from_errno(folder.string(), error.value());
  return count;  // with the one that reads the folder, each time
}

ErrorOr<uint64_t> kernel_mappings() {
  std::ifstream maps("/proc/self/maps");
  uint64_t count = 0;
  for (std::string line; std::getline(maps, line);) ++count;
  if (count == 0) return Error{"/proc/self/maps: cannot be read"};
  return count;
}

}  // namespace

ErrorOr<ProcessUse> measure_this_process() {
  malloc_trim(0);
  ProcessUse use;
  const auto figures = measure_process(getpid(), {});
  if (!figures.ok()) return figures.error();
  use.memory_bytes = figures.value().total_bytes() + figures.value().shared_bytes;
  const auto descriptors = open_descriptors();
  if (!descriptors.ok()) return descriptors.error();
  use.descriptors = descriptors.value();
  const auto mappings = kernel_mappings();
  if (!mappings.ok()) return mappings.error();
  use.kernel_mappings = mappings.value();
  return use;
}

ProcessUse highest_of(const ProcessUse& one, const ProcessUse& other) {
  return {.memory_bytes = std::max(one.memory_bytes, other.memory_bytes),
          .descriptors = std::max(one.descriptors, other.descriptors),
          .kernel_mappings = std::max(one.kernel_mappings, other.kernel_mappings)};
}

std::optional<std::string> growth_between(const ProcessUse& begin, const ProcessUse& end) {
  std::string grown;
  const auto check = [&](const char* what, uint64_t first, uint64_t last, uint64_t slack,
                         OptionUnit unit) {
    if (last <= first + slack) return;
    grown += fmt::format("{}{} grew from {} to {}", grown.empty() ? "" : ", ", what,
                         format_quantity(first, unit), format_quantity(last, unit));
  };
  check("memory", begin.memory_bytes, end.memory_bytes, memory_slack_bytes, OptionUnit::bytes);
  check("open files", begin.descriptors, end.descriptors, 0, OptionUnit::none);
  check("kernel mappings", begin.kernel_mappings, end.kernel_mappings, kernel_mapping_slack,
        OptionUnit::none);
  if (grown.empty()) return std::nullopt;
  return grown;
}

}  // namespace daxlab
