// The control groups (cgroups) of this process, of version 1 or 2, and what they allow: its own
// group and all above it that can be seen. In a cgroup namespace those above its root cannot.
// `root` here and below: the folder that holds proc and sys, "/" but for tests.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace daxlab {

// Where the files of its groups are, its own first; none where no controller of that name is
// mounted. The controller: "memory", "pids", "cpu".
struct GroupFolders {
  std::vector<std::filesystem::path> folders;
  bool version_2 = false;
};
GroupFolders group_folders(const std::filesystem::path& root, const std::string& controller);

struct MemoryGroup {
  std::filesystem::path folder;
  std::string limit_name;                  // "memory.max", "memory.limit_in_bytes"
  std::optional<uint64_t> limit_bytes;     // nothing: no limit
  std::optional<uint64_t> throttle_bytes;  // memory.high: above it the kernel slows the group down
  std::optional<uint64_t> swap_bytes;      // it may have in swap, beside the limit
  uint64_t used_bytes = 0;                 // with what the kernel would take back
  uint64_t held_bytes = 0;                 // anonymous and shared memory: only swap takes that back
};
// Its own first.
std::vector<MemoryGroup> memory_groups(const std::filesystem::path& root);

// The one of the smallest limit; nullptr: none has one.
const MemoryGroup* tightest(const std::vector<MemoryGroup>& groups);

// The most shared memory that the groups let this process ever have: the rest is killed, not
// refused. Nothing: no limit. With swap more than the limit, since it is pushed out there.
struct MemoryBound {
  uint64_t bytes = 0;
  MemoryGroup group;
};
std::optional<MemoryBound> shared_memory_bound(const std::filesystem::path& root);

// The smallest limit of processes and threads among its groups.
struct ProcessGroup {
  std::filesystem::path folder;
  uint64_t limit = 0;
  uint64_t used = 0;
};
std::optional<ProcessGroup> process_group(const std::filesystem::path& root);

// The smallest share of processors among its groups, in processors; nothing: no limit.
struct ProcessorGroup {
  std::filesystem::path folder;
  std::string limit_name;  // "cpu.max", "cpu.cfs_quota_us"
  double processors = 0;
};
std::optional<ProcessorGroup> processor_group(const std::filesystem::path& root);

}  // namespace daxlab
