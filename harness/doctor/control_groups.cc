// What the control groups of this process give it of memory, processes and processors.
#include "core/base/control_groups.h"

#include <fmt/format.h>

#include "core/base/bytes_text.h"
#include "harness/doctor/examine.h"

namespace daxlab {
namespace {

constexpr uint64_t wanted_memory_bytes = uint64_t{2} << 30;  // as of the machine's memory

// memory.high, where it is below every limit.
const MemoryGroup* throttled(const std::vector<MemoryGroup>& groups, uint64_t below_bytes) {
  const MemoryGroup* least = nullptr;
  for (const MemoryGroup& group : groups) {
    if (group.throttle_bytes && *group.throttle_bytes < below_bytes) {
      least = &group;
      below_bytes = *group.throttle_bytes;
    }
  }
  return least;
}

MachineFinding examine_memory_groups(const std::filesystem::path& root) {
  MachineFinding finding{.name = "memory cgroup", .found = "no limit"};
  const std::vector<MemoryGroup> groups = memory_groups(root);
  if (groups.empty()) {
    finding.found = "none that can be seen";
    return finding;
  }
  const MemoryGroup* limit = tightest(groups);
  if (limit != nullptr) {
    finding.found =
        fmt::format("{} = {} in {}, {} in use", limit->limit_name, bytes_text(*limit->limit_bytes),
                    limit->folder.string(), bytes_text(limit->used_bytes));
    if (const auto bound = shared_memory_bound(root); bound->bytes > bound->group.limit_bytes) {
      finding.found += fmt::format(", up to {} with swap", bytes_text(bound->bytes));
    }
    if (*limit->limit_bytes < wanted_memory_bytes) {
      finding.state = FindingState::warning;
      finding.what_to_do =
          "configs of 1 GiB (hole_read) want 2 GiB; a process that takes more is killed, not "
          "refused: raise it, or --set a smaller size";
    }
  }
  const MemoryGroup* slow = throttled(groups, limit == nullptr ? UINT64_MAX : *limit->limit_bytes);
  if (slow != nullptr && *slow->throttle_bytes < wanted_memory_bytes) {
    finding.state = FindingState::warning;
    if (limit == nullptr) finding.found.clear();
    finding.found += fmt::format("{}memory.high = {} in {}", limit == nullptr ? "" : "; ",
                                 bytes_text(*slow->throttle_bytes), slow->folder.string());
    if (!finding.what_to_do.empty()) finding.what_to_do += "; ";
    finding.what_to_do +=
        "above memory.high the kernel slows the process down: raise it, or do "
        "not compare times";
  }
  return finding;
}

// A run is a process with some threads; --jobs as many at once.
MachineFinding examine_process_groups(const std::filesystem::path& root) {
  constexpr uint64_t wanted = 64;
  MachineFinding finding{.name = "pids cgroup", .found = "no limit"};
  if (const auto group = process_group(root)) {
    finding.found = fmt::format("pids.max = {} in {}, {} in use", group->limit,
                                group->folder.string(), group->used);
    if (group->limit < group->used + wanted) {
      finding.state = FindingState::warning;
      finding.what_to_do =
          "each run is a process, with a thread for each of its `threads`: raise it";
    }
  }
  return finding;
}

MachineFinding examine_processor_groups(const std::filesystem::path& root) {
  MachineFinding finding{.name = "cpu cgroup", .found = "no limit"};
  if (const auto group = processor_group(root)) {
    finding.state = FindingState::warning;
    finding.found = fmt::format("{} gives {:.4g} CPUs in {}", group->limit_name, group->processors,
                                group->folder.string());
    finding.what_to_do =
        "who has used them up stands still for the rest of a period, and times show it: lift it "
        "to measure";
  }
  return finding;
}

}  // namespace

std::vector<MachineFinding> examine_control_groups(const std::filesystem::path& root) {
  return {examine_memory_groups(root), examine_process_groups(root),
          examine_processor_groups(root)};
}

}  // namespace daxlab
