// Memory that a run may take: page_zero over a 1 GiB hole takes 1 GiB, and the region comes on top.
#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

constexpr uint64_t wanted_kib = 2 * 1024 * 1024;

std::string in_gib(uint64_t kib) {
  return fmt::format("{:.1f} GiB", static_cast<double>(kib) / (1024.0 * 1024.0));
}

}  // namespace

MachineFinding examine_memory(const std::filesystem::path& root) {
  MachineFinding finding{.name = "memory"};
  std::optional<uint64_t> total_kib, available_kib;
  std::ifstream meminfo(root / "proc/meminfo");
  for (std::string line; std::getline(meminfo, line);) {
    std::istringstream fields(line);
    std::string key;
    uint64_t kib = 0;
    if (!(fields >> key >> kib)) continue;
    if (key == "MemTotal:") total_kib = kib;
    if (key == "MemAvailable:") available_kib = kib;
  }
  if (!total_kib || !available_kib) {
    finding.state = FindingState::warning;
    finding.found = "unknown";
    finding.what_to_do = "mount /proc; the largest config takes 2 GiB";
    return finding;
  }
  finding.found = fmt::format("{} available of {}", in_gib(*available_kib), in_gib(*total_kib));
  if (*available_kib < wanted_kib) {
    finding.state = FindingState::warning;
    finding.what_to_do =
        "configs of 1 GiB (hole_read) want 2 GiB available; free some, or --set a "
        "smaller size";
  }
  return finding;
}

}  // namespace daxlab
