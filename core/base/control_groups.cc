#include "core/base/control_groups.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <system_error>

#include "core/base/kernel_file.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

bool has_word(const std::string& list, const std::string& word) {
  return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

// Where the process is in its hierarchies: "4:memory:/a/b", and "0::/a/b" for version 2.
struct Membership {
  std::string path;
  bool version_2 = false;
};

// A controller is of one version at a time: where it is not among those of version 1, it can only
// be of version 2.
std::optional<Membership> membership(const fs::path& root, const std::string& controller) {
  std::optional<Membership> unified;
  std::ifstream stream(root / "proc/self/cgroup");
  for (std::string line; std::getline(stream, line);) {
    const size_t first = line.find(':');
    const size_t second = first == line.npos ? first : line.find(':', first + 1);
    if (second == line.npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty()) unified = Membership{path, true};
    if (has_word(controllers, controller)) return Membership{path, false};
  }
  return unified;
}

// "\040" for a space, as the kernel writes it.
std::string unescaped(const std::string& text) {
  std::string plain;
  for (size_t at = 0; at < text.size(); ++at) {
    const auto is_octal = [&](size_t i) { return text[i] >= '0' && text[i] <= '7'; };
    if (text[at] == '\\' && at + 3 < text.size() && is_octal(at + 1) && is_octal(at + 2) &&
        is_octal(at + 3)) {
      plain += static_cast<char>((text[at + 1] - '0') * 64 + (text[at + 2] - '0') * 8 +
                                 (text[at + 3] - '0'));
      at += 3;
    } else {
      plain += text[at];
    }
  }
  return plain;
}

struct GroupMount {
  std::string of;  // the group that is seen at its top
  std::string at;
};

// 34 30 0:31 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory
std::vector<GroupMount> mounts_of(const fs::path& root, const std::string& controller,
                                  bool version_2) {
  std::vector<GroupMount> mounts;
  std::ifstream stream(root / "proc/self/mountinfo");
  for (std::string line; std::getline(stream, line);) {
    const size_t dash = line.find(" - cgroup");  // of most lines no more is looked at
    if (dash == line.npos) continue;
    std::istringstream before(line), behind(line.substr(dash + 3));
    std::string number, parent, device, of, at, type, source, options;
    if (!(before >> number >> parent >> device >> of >> at)) continue;
    if (!(behind >> type >> source >> options)) continue;
    const bool fits =
        version_2 ? type == "cgroup2" : type == "cgroup" && has_word(options, controller);
    if (fits) mounts.push_back({unescaped(of), unescaped(at)});
  }
  return mounts;
}

// A container sees its own group at the top of the mount, whatever its path is called outside.
fs::path below_top(const std::string& path, const std::string& top) {
  if (path.find("..") != path.npos) return {};  // outside of our namespace: not to be seen
  const fs::path from_top = fs::path(path).lexically_relative(top);
  if (from_top.empty() || from_top == "." || from_top.begin()->string() == "..") return {};
  return from_top;
}

// "max", and what version 1 has for it: the largest number of whole pages.
std::optional<uint64_t> limit_in(const fs::path& file) {
  const std::optional<uint64_t> limit = read_number(file);
  return limit && *limit < uint64_t{1} << 62 ? limit : std::nullopt;
}

uint64_t number_in(const fs::path& file) { return read_number(file).value_or(0); }

uint64_t named_in(const std::string& text, const char* name) {
  return named_number(text, name).value_or(0);
}

MemoryGroup group_of_version_2(const fs::path& folder) {
  const std::string stat = read_text(folder / "memory.stat");  // once: the kernel adds it up anew
  return {.folder = folder,
          .limit_name = "memory.max",
          .limit_bytes = limit_in(folder / "memory.max"),
          .throttle_bytes = limit_in(folder / "memory.high"),
          .swap_bytes = limit_in(folder / "memory.swap.max"),
          .used_bytes = number_in(folder / "memory.current"),
          .held_bytes = named_in(stat, "anon") + named_in(stat, "shmem")};
}

MemoryGroup group_of_version_1(const fs::path& folder) {
  const std::string stat = read_text(folder / "memory.stat");
  MemoryGroup group{.folder = folder,
                    .limit_name = "memory.limit_in_bytes",
                    .limit_bytes = limit_in(folder / "memory.limit_in_bytes"),
                    .throttle_bytes = {},
                    .swap_bytes = {},
                    .used_bytes = number_in(folder / "memory.usage_in_bytes"),
                    .held_bytes = named_in(stat, "total_rss") + named_in(stat, "total_shmem")};
  // Also of groups above that cannot be seen.
  const uint64_t hierarchical = named_in(stat, "hierarchical_memory_limit");
  if (hierarchical != 0 && hierarchical < group.limit_bytes.value_or(uint64_t{1} << 62)) {
    group.limit_bytes = hierarchical;
    group.limit_name = "hierarchical_memory_limit";
  }
  const auto with_swap = limit_in(folder / "memory.memsw.limit_in_bytes");
  if (with_swap && group.limit_bytes) {
    group.swap_bytes = *with_swap - std::min(*with_swap, *group.limit_bytes);
  }
  return group;
}

// In processors; nothing: no limit.
std::optional<double> processors_in(const fs::path& folder, bool version_2) {
  double quota = -1, period = 0;
  if (version_2) {
    std::istringstream words(read_line(folder / "cpu.max").value_or("max 0"));
    if (!(words >> quota >> period)) return std::nullopt;  // "max 100000"
  } else {
    quota =
        static_cast<double>(number_in(folder / "cpu.cfs_quota_us"));  // -1: no limit, and no number
    period = static_cast<double>(number_in(folder / "cpu.cfs_period_us"));
  }
  if (quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

}  // namespace

GroupFolders group_folders(const fs::path& root, const std::string& controller) {
  GroupFolders found;
  const auto member = membership(root, controller);
  if (!member) return found;
  found.version_2 = member->version_2;
  for (const GroupMount& mount : mounts_of(root, controller, member->version_2)) {
    const fs::path top = root / fs::path(mount.at).relative_path();
    std::error_code error;
    if (!fs::is_directory(top, error)) continue;
    fs::path below = below_top(member->path, mount.of);
    if (!fs::is_directory(top / below, error)) below.clear();
    for (; !below.empty(); below = below.parent_path()) found.folders.push_back(top / below);
    found.folders.push_back(top);
    return found;
  }
  return found;
}

std::vector<MemoryGroup> memory_groups(const fs::path& root) {
  const GroupFolders found = group_folders(root, "memory");
  std::vector<MemoryGroup> groups;
  for (const fs::path& folder : found.folders) {
    groups.push_back(found.version_2 ? group_of_version_2(folder) : group_of_version_1(folder));
  }
  return groups;
}

const MemoryGroup* tightest(const std::vector<MemoryGroup>& groups) {
  const MemoryGroup* least = nullptr;
  for (const MemoryGroup& group : groups) {
    if (!group.limit_bytes) continue;
    // Of equal ones the upper: version 1 repeats its limit in all below.
    if (least == nullptr || *group.limit_bytes <= *least->limit_bytes) least = &group;
  }
  return least;
}

std::optional<MemoryBound> shared_memory_bound(const fs::path& root) {
  const std::vector<MemoryGroup> groups = memory_groups(root);
  uint64_t swap_bytes = named_in(read_text(root / "proc/meminfo"), "SwapTotal:") * 1024;
  std::optional<MemoryBound> bound;
  // Swap that a group may not use, no group below it may.
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    swap_bytes = std::min(swap_bytes, group->swap_bytes.value_or(swap_bytes));
    if (!group->limit_bytes) continue;
    const uint64_t bytes = *group->limit_bytes + swap_bytes;
    if (!bound || bytes < bound->bytes) bound = MemoryBound{bytes, *group};
  }
  return bound;
}

std::optional<ProcessGroup> process_group(const fs::path& root) {
  std::optional<ProcessGroup> least;
  for (const fs::path& folder : group_folders(root, "pids").folders) {
    const auto limit = limit_in(folder / "pids.max");
    if (limit && (!least || *limit < least->limit)) {
      least = ProcessGroup{folder, *limit, number_in(folder / "pids.current")};
    }
  }
  return least;
}

std::optional<ProcessorGroup> processor_group(const fs::path& root) {
  std::optional<ProcessorGroup> least;
  const GroupFolders found = group_folders(root, "cpu");
  for (const fs::path& folder : found.folders) {
    const auto processors = processors_in(folder, found.version_2);
    if (processors && (!least || *processors < least->processors)) {
      least = ProcessorGroup{folder, found.version_2 ? "cpu.max" : "cpu.cfs_quota_us", *processors};
    }
  }
  return least;
}

}  // namespace daxlab
