#include "harness/run/memory_probe.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <system_error>

#include "core/base/errno_status.h"

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

// Through read(): iterators of the file's buffer throw when the process goes meanwhile.
ErrorOr<std::string> read_text(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  std::array<char, 4096> chunk;
  while (file.read(chunk.data(), chunk.size()) || file.gcount() > 0) {
    text.append(chunk.data(), static_cast<size_t>(file.gcount()));
  }
  if (file.bad() || text.empty()) return Error{path + ": cannot be read"};
  return text;
}

bool counts_as_page_cache(const std::string& target, const std::string& folder) {
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
  std::set<std::pair<dev_t, ino_t>> seen;
  uint64_t bytes = 0;
  std::filesystem::directory_iterator entries(open_files, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::error_code closed_meanwhile;
    const auto target = std::filesystem::read_symlink(entries->path(), closed_meanwhile);
    if (closed_meanwhile || !counts_as_page_cache(target.string(), folder)) continue;
    struct stat facts {};
    if (stat(entries->path().c_str(), &facts) != 0) continue;
    if (!seen.emplace(facts.st_dev, facts.st_ino).second) continue;
    bytes += static_cast<uint64_t>(facts.st_blocks) * 512;
  }
  if (error) return error_from_errno(open_files, error.value());
  return bytes;
}

}  // namespace

ErrorOr<MemoryFigures> measure_process(pid_t process, const std::filesystem::path& files_in) {
  MemoryFigures figures;
  const std::string rollup_path = fmt::format("/proc/{}/smaps_rollup", process);
  const auto rollup = read_text(rollup_path);
  if (!rollup.ok()) return rollup.error();
  if (!read_kib_line(rollup.value(), "Pss_Anon:", figures.anonymous_bytes) ||
      !read_kib_line(rollup.value(), "Pss_Shmem:", figures.shared_bytes)) {
    return Error{rollup_path + ": has no Pss_Anon and Pss_Shmem; needs Linux 5.9 or newer"};
  }
  const std::string status_path = fmt::format("/proc/{}/status", process);
  const auto status = read_text(status_path);
  if (!status.ok()) return status.error();
  if (!read_kib_line(status.value(), "VmPTE:", figures.page_table_bytes)) {
    return Error{status_path + ": has no VmPTE"};
  }
  const auto cached = page_cache_bytes(process, files_in);
  if (!cached.ok()) return cached.error();
  figures.page_cache_bytes = cached.value();
  return figures;
}

void MemoryPeak::start(const MemoryFigures& figures) {
  started_ = true;
  start_bytes_ = figures.total_bytes();
  growth_bytes_ = 0;
}

void MemoryPeak::add(const MemoryFigures& figures) {
  if (!started_) return start(figures);
  const uint64_t now_bytes = figures.total_bytes();
  if (now_bytes > start_bytes_) growth_bytes_ = std::max(growth_bytes_, now_bytes - start_bytes_);
}

}  // namespace daxlab
