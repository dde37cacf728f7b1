#include "core/base/process_limits.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/base/bytes_text.h"
#include "core/base/control_groups.h"
#include "core/base/kernel_file.h"
#include "core/base/owned_descriptor.h"
#include "core/base/sizes.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

// What a request for little may find used up: the C library asks for more than it was asked for.
constexpr uint64_t little_bytes = MiB;

std::optional<uint64_t> soft_limit(__rlimit_resource resource) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return limit.rlim_cur;
}

// Without memory: there may be none, and the mapping for it would be one more.
uint64_t lines_of(const fs::path& path) {
  const OwnedDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  uint64_t lines = 0;
  std::array<char, 4096> chunk;
  for (ssize_t count = 0; (count = read(file.number(), chunk.data(), chunk.size())) > 0;) {
    lines += static_cast<uint64_t>(std::count(chunk.data(), chunk.data() + count, '\n'));
  }
  return lines;
}

uint64_t kib_in(const std::string& text, const char* name) {
  return named_number(text, name).value_or(0) * KiB;
}

bool is_over(uint64_t limit, uint64_t used, uint64_t wanted) {
  return used >= limit || wanted > limit - used;
}

std::string met(const char* name, uint64_t limit, uint64_t used, const char* remedy) {
  return fmt::format("{} = {}, {} in use; {}", name, bytes_text(limit), bytes_text(used), remedy);
}

std::string mappings_met(const LimitedUse& use, const fs::path& root) {
  constexpr uint64_t few = 64;  // a mapping that is split, and the C library's own
  const auto most = read_number(root / "proc/sys/vm/max_map_count");
  if (!most || use.mappings + few < *most) return {};
  return fmt::format(
      "vm.max_map_count = {}, {} mappings in use; raise it (sysctl -w vm.max_map_count={})", *most,
      use.mappings, *most * 2);
}

// The kernel refuses beforehand what it counts as promised.
std::string overcommit_met(uint64_t wanted, const fs::path& root) {
  const std::string meminfo = read_text(root / "proc/meminfo");
  const auto mode = read_number(root / "proc/sys/vm/overcommit_memory");
  if (mode == 2u) {
    const uint64_t limit = kib_in(meminfo, "CommitLimit:");
    const uint64_t used = kib_in(meminfo, "Committed_AS:");
    if (!is_over(limit, used, wanted)) return {};
    return fmt::format(
        "vm.overcommit_memory = 2 (strict) promises {}, {} in use; allow more "
        "(sysctl -w vm.overcommit_memory=0)",
        bytes_text(limit), bytes_text(used));
  }
  const uint64_t there = kib_in(meminfo, "MemTotal:") + kib_in(meminfo, "SwapTotal:");
  if (mode != 0u || there == 0 || wanted <= there) return {};
  return fmt::format("this machine has {} of memory and swap; ask for less", bytes_text(there));
}

std::string group_met(uint64_t wanted, const fs::path& root) {
  for (const MemoryGroup& group : memory_groups(root)) {
    if (!group.limit_bytes || !is_over(*group.limit_bytes, group.held_bytes, wanted)) continue;
    return fmt::format("{} = {} in {}, {} in use; raise it, or ask for less", group.limit_name,
                       bytes_text(*group.limit_bytes), group.folder.string(),
                       bytes_text(group.held_bytes));
  }
  return {};
}

std::string memory_met(uint64_t wanted, const ProcessLimits& limits, const fs::path& root) {
  const LimitedUse use = limited_use(root);
  const uint64_t more = std::max(wanted, little_bytes);
  if (limits.address_space_bytes &&
      is_over(*limits.address_space_bytes, use.address_space_bytes, more)) {
    return met("RLIMIT_AS", *limits.address_space_bytes, use.address_space_bytes,
               "raise it (ulimit -v), or ask for less");
  }
  if (std::string text = mappings_met(use, root); !text.empty()) return text;
  if (limits.data_bytes && is_over(*limits.data_bytes, use.data_bytes, more)) {
    return met("RLIMIT_DATA", *limits.data_bytes, use.data_bytes,
               "raise it (ulimit -d), or ask for less");
  }
  if (std::string text = overcommit_met(more, root); !text.empty()) return text;
  return group_met(more, root);
}

// A process that locks what it maps may map no more than it may lock.
std::string locking_met(uint64_t wanted, const ProcessLimits& limits, const fs::path& root) {
  const LimitedUse use = limited_use(root);
  if (!limits.locked_bytes || use.locked_bytes == 0 ||
      !is_over(*limits.locked_bytes, use.locked_bytes, std::max(wanted, little_bytes))) {
    return {};
  }
  return met("RLIMIT_MEMLOCK", *limits.locked_bytes, use.locked_bytes,
             "raise it (ulimit -l), or lock less");
}

}  // namespace

ProcessLimits process_limits() {
  return {.address_space_bytes = soft_limit(RLIMIT_AS),
          .data_bytes = soft_limit(RLIMIT_DATA),
          .file_bytes = soft_limit(RLIMIT_FSIZE),
          .locked_bytes = soft_limit(RLIMIT_MEMLOCK),
          .open_files = soft_limit(RLIMIT_NOFILE)};
}

LimitedUse limited_use(const fs::path& root) {
  const std::string status = read_text(root / "proc/self/status");
  return {.address_space_bytes = kib_in(status, "VmSize:"),
          .data_bytes = kib_in(status, "VmData:"),
          .locked_bytes = kib_in(status, "VmLck:"),
          .mappings = lines_of(root / "proc/self/maps")};
}

std::string limit_met(const Refusal& refusal, const ProcessLimits& limits, const fs::path& root) {
  switch (refusal.error_number) {
    case ENOMEM:
      return memory_met(refusal.wanted_bytes, limits, root);
    case EAGAIN:
      return locking_met(refusal.wanted_bytes, limits, root);
    case EMFILE:
      if (!limits.open_files) return {};
      return fmt::format("RLIMIT_NOFILE = {}; raise it (ulimit -n)", *limits.open_files);
    case ENFILE:
      return "fs.file-max, of the whole machine; raise it (sysctl -w fs.file-max=NUMBER)";
    case EFBIG:
      if (!limits.file_bytes) return {};
      if (refusal.wanted_bytes != 0 && refusal.wanted_bytes <= *limits.file_bytes) return {};
      return fmt::format("RLIMIT_FSIZE = {}; raise it (ulimit -f), or ask for less",
                         bytes_text(*limits.file_bytes));
    default:
      return {};
  }
}

std::string limit_met(const Refusal& refusal) noexcept {
  const int saved_errno = errno;
  std::string text;
  try {
    text = limit_met(refusal, process_limits(), "/");
  } catch (const std::exception&) {
    text.clear();  // std::bad_alloc most likely: the error is told without
  }
  errno = saved_errno;
  return text;
}

std::string process_limit_met(const fs::path& root) {
  const auto group = process_group(root);
  if (!group || group->used < group->limit) return {};
  return fmt::format("pids.max = {} in {}, {} in use; raise it", group->limit,
                     group->folder.string(), group->used);
}

std::string space_text(const fs::path& folder) {
  struct statvfs facts {};
  if (statvfs(folder.c_str(), &facts) != 0 || facts.f_blocks == 0) return {};
  if (facts.f_files != 0 && facts.f_favail == 0) {
    return fmt::format("no more files can be made in {}", folder.string());
  }
  return fmt::format("{} free in {}", bytes_text(uint64_t{facts.f_bavail} * facts.f_frsize),
                     folder.string());
}

}  // namespace daxlab
