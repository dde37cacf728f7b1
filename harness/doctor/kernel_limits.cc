// Limits of the kernel on address space: how many mappings, and whether sparse ones are counted.
#include "harness/doctor/examine.h"

namespace daxlab {

MachineFinding examine_max_map_count(const std::filesystem::path& root) {
  constexpr uint64_t kernel_default = 65530;
  MachineFinding finding{.name = "vm.max_map_count"};
  const std::optional<std::string> line = read_line(root / "proc/sys/vm/max_map_count");
  const std::optional<uint64_t> limit = line ? parse_number(*line) : std::nullopt;
  if (!limit) {
    finding.state = FindingState::warning;
    finding.found = "unknown";
    finding.what_to_do = "mount /proc";
    return finding;
  }
  finding.found = *line;
  if (*limit < kernel_default) {
    finding.state = FindingState::warning;
    finding.what_to_do =
        "scattered blocks take a kernel mapping each: sysctl -w vm.max_map_count=65530";
  }
  return finding;
}

MachineFinding examine_overcommit(const std::filesystem::path& root) {
  MachineFinding finding{.name = "vm.overcommit_memory"};
  const std::optional<std::string> line = read_line(root / "proc/sys/vm/overcommit_memory");
  const std::optional<uint64_t> mode = line ? parse_number(*line) : std::nullopt;
  if (!mode || *mode > 2) {
    finding.state = FindingState::warning;
    finding.found = line.value_or("unknown");
    finding.what_to_do = line ? "daxlab knows 0, 1 and 2" : "mount /proc";
    return finding;
  }
  static constexpr const char* meanings[] = {"0 (heuristic)", "1 (always)", "2 (strict)"};
  finding.found = meanings[*mode];
  if (*mode == 2) {
    finding.state = FindingState::warning;
    finding.what_to_do =
        "strict accounting counts sparse mappings in full, large ones fail: sysctl -w "
        "vm.overcommit_memory=0";
  }
  return finding;
}

}  // namespace daxlab
