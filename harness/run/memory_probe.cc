#include "harness/run/memory_probe.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cinttypes>
#include <climits>
#include <cstdio>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/base/kernel_file.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {
namespace {

// The value of a "Name:   123 kB" line in bytes; false when the file has no such line.
bool read_kib_line(const std::string& text, std::string_view name, uint64_t& bytes) {
  size_t at = 0;
  while (at < text.size()) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line(text.data() + at, end - at);
    if (line.starts_with(name)) {
      bytes = std::stoull(std::string(line.substr(name.size()))) * 1024;
      return true;
    }
    at = end + 1;
  }
  return false;
}

// Of an open folder. False with errno: it could not be read to its end.
template <class Visit>
bool for_each_name(int folder, Visit visit) {
  alignas(dirent64) std::array<char, 4096> chunk;
  ssize_t length = 0;
  while ((length = getdents64(folder, chunk.data(), chunk.size())) > 0) {
    for (ssize_t at = 0; at < length;) {
      const auto* entry = reinterpret_cast<const dirent64*>(chunk.data() + at);
      visit(static_cast<const char*>(entry->d_name));
      at += entry->d_reclen;
    }
  }
  return length == 0;
}

// Of the line "radix_tree_node 1200 1300 584 ..." of slabinfo: objects in use, and bytes of one.
void read_slab(MemoryFigures& figures) {
  const auto slabs = read_whole("/proc/slabinfo");
  if (!slabs.ok()) return;
  const size_t line = slabs.value().find("\nradix_tree_node ");
  if (line == std::string::npos) return;
  uint64_t used = 0, object_bytes = 0;
  const char* const text = slabs.value().c_str() + line;
  if (std::sscanf(text, " radix_tree_node %" SCNu64 " %*u %" SCNu64, &used, &object_bytes) != 2) {
    return;
  }
  figures.slab_bytes = used * object_bytes;
  figures.slab_known = true;
}

bool counts_as_page_cache(std::string_view target, const std::string& folder) {
  const std::string memfd = fmt::format("/memfd:{}", page_cache_memfd_name);
  return target.starts_with(memfd) || (!folder.empty() && target.starts_with(folder));
}

// Blocks of the page-cache files that the process has open, each file once.
ErrorOr<uint64_t> page_cache_bytes(pid_t process, const std::filesystem::path& files_in) {
  std::error_code error;
  std::string folder;
  if (!files_in.empty()) {
    folder = std::filesystem::canonical(files_in, error).string() + "/";
    if (error) return error_from_errno(files_in.string(), error.value());
  }
  const std::string open_files = fmt::format("/proc/{}/fd", process);
  const OwnedDescriptor links(open(open_files.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!links.is_open()) return error_from_errno(open_files, errno);
  std::set<std::pair<dev_t, ino_t>> seen;
  uint64_t bytes = 0;
  const bool read_all = for_each_name(links.number(), [&](const char* name) {
    std::array<char, PATH_MAX> target;
    const ssize_t length = readlinkat(links.number(), name, target.data(), target.size());
    if (length <= 0) return;  // closed meanwhile
    if (!counts_as_page_cache({target.data(), static_cast<size_t>(length)}, folder)) return;
    struct stat facts {};
    if (fstatat(links.number(), name, &facts, 0) != 0) return;
    if (!seen.emplace(facts.st_dev, facts.st_ino).second) return;
    bytes += static_cast<uint64_t>(facts.st_blocks) * 512;
  });
  if (!read_all) return error_from_errno(open_files, errno);
  return bytes;
}

}  // namespace

ErrorOr<MemoryFigures> measure_process(pid_t process, const std::filesystem::path& files_in) {
  MemoryFigures figures;
  const std::string rollup_path = fmt::format("/proc/{}/smaps_rollup", process);
  const auto rollup = read_whole(rollup_path);
  if (!rollup.ok()) return rollup.error();
  if (!read_kib_line(rollup.value(), "Pss_Anon:", figures.anonymous_bytes) ||
      !read_kib_line(rollup.value(), "Pss_Shmem:", figures.shared_bytes)) {
    return Error{rollup_path + ": has no Pss_Anon and Pss_Shmem; needs Linux 5.9 or newer"};
  }
  const std::string status_path = fmt::format("/proc/{}/status", process);
  const auto status = read_whole(status_path);
  if (!status.ok()) return status.error();
  if (!read_kib_line(status.value(), "VmPTE:", figures.page_table_bytes)) {
    return Error{status_path + ": has no VmPTE"};
  }
  const auto cached = page_cache_bytes(process, files_in);
  if (!cached.ok()) return cached.error();
  figures.page_cache_bytes = cached.value();
  read_slab(figures);
  return figures;
}

void MemoryPeak::start(const MemoryFigures& figures) {
  started_ = true;
  start_ = figures;
  growth_ = {};
}

void MemoryPeak::start_anonymous(const MemoryFigures& figures) {
  add(figures);
  start_.anonymous_bytes = figures.anonymous_bytes;
  growth_.anonymous_bytes = 0;
}

void MemoryPeak::add(const MemoryFigures& figures) {
  if (!started_) return start(figures);
  growth_.slab_known = start_.slab_known && figures.slab_known;
  for (uint64_t MemoryFigures::*part :
       {&MemoryFigures::anonymous_bytes, &MemoryFigures::page_table_bytes,
        &MemoryFigures::page_cache_bytes, &MemoryFigures::slab_bytes}) {
    if (figures.*part <= start_.*part) continue;
    growth_.*part = std::max(growth_.*part, figures.*part - start_.*part);
  }
}

}  // namespace daxlab
