#include "harness/run/memory_kill_watch.h"

#include <fmt/format.h>

#include "core/base/bytes_text.h"
#include "core/base/control_groups.h"
#include "core/base/kernel_file.h"

namespace daxlab {

MemoryKillWatch::MemoryKillWatch(std::filesystem::path root) : root_(std::move(root)) {
  GroupFolders found = group_folders(root_, "memory");
  folders_ = std::move(found.folders);
  version_2_ = found.version_2;
  before_ = read_counts();
}

std::vector<MemoryKillWatch::Counts> MemoryKillWatch::read_counts() const {
  std::vector<Counts> counts;
  for (const std::filesystem::path& folder : folders_) {
    const std::string events =
        read_text(folder / (version_2_ ? "memory.events" : "memory.oom_control"));
    const auto kills = named_number(events, "oom_kill");
    const auto refusals =
        version_2_ ? named_number(events, "oom") : read_number(folder / "memory.failcnt");
    counts.push_back({kills.value_or(0), refusals.value_or(0)});
  }
  return counts;
}

std::string MemoryKillWatch::cause() const {
  const std::vector<Counts> now = read_counts();
  bool killed = false;
  // The lowest that had a refusal: version 2 counts them in all above it, too.
  const std::filesystem::path* at = nullptr;
  for (size_t i = 0; i < now.size(); ++i) {
    killed = killed || now[i].kills > before_[i].kills;
    if (at == nullptr && now[i].refusals > before_[i].refusals) at = &folders_[i];
  }
  if (!killed) return "perhaps by the kernel for want of memory (see dmesg)";
  const std::vector<MemoryGroup> groups = memory_groups(root_);
  const MemoryGroup* limit = nullptr;
  for (const MemoryGroup& group : groups) {
    if (at != nullptr && group.folder == *at && group.limit_bytes) limit = &group;
  }
  if (limit == nullptr) {
    return "by the kernel for want of memory, of the whole machine or of a cgroup that cannot be "
           "seen; use a smaller region, or fewer --jobs";
  }
  return fmt::format(
      "by the kernel for want of memory: {} = {} in {}; use a smaller region, or raise it",
      limit->limit_name, bytes_text(*limit->limit_bytes), limit->folder.string());
}

}  // namespace daxlab
