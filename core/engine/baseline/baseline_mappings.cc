// Where this process has the files of a baseline mapped, as the kernel says.
#include <sys/stat.h>

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <system_error>

#include "core/base/kernel_file.h"
#include "core/base/maps_dax.h"
#include "core/engine/baseline/baseline_file.h"
#include "core/engine/baseline/baseline_file_system.h"

namespace daxlab {
namespace {

struct MappedLine {
  uint64_t start = 0, end = 0, offset_bytes = 0, inode = 0;
};

// "7f00-7f20 rw-s 00001000 00:1a 42    /folder/name"; nullopt: not a file below the folder.
std::optional<MappedLine> read_maps_line(const std::string& line, const std::string& folder) {
  const size_t path = line.find('/');
  if (path == line.npos || !line.substr(path).starts_with(folder + "/")) return std::nullopt;
  MappedLine mapped;
  const int read = std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " %*s %" SCNx64 " %*s %" SCNu64,
                               &mapped.start, &mapped.end, &mapped.offset_bytes, &mapped.inode);
  return read == 4 ? std::optional(mapped) : std::nullopt;
}

// The part of a file's extents that lies in the range.
std::vector<FileExtent> clipped(const std::vector<FileExtent>& extents, PageRange range) {
  std::vector<FileExtent> part;
  for (const FileExtent& extent : extents) {
    const uint64_t first = std::max(extent.pgoff, range.pgoff);
    const uint64_t end = std::min(extent.pgoff + extent.pages, range.end());
    if (first < end) part.push_back({first, extent.block + first - extent.pgoff, end - first});
  }
  return part;
}

}  // namespace

std::vector<MappedRange> BaselineFileSystem::mapped_ranges() {
  std::map<uint64_t, std::shared_ptr<BaselineInode>> inodes;
  {
    const std::lock_guard guard(mutex_);
    for (const auto& weak : open_inodes_) {
      struct stat facts {};
      const auto inode = weak.lock();
      if (inode && ::fstat(inode->descriptor(), &facts) == 0) inodes[facts.st_ino] = inode;
    }
  }
  std::vector<MappedRange> ranges;
  std::error_code gone;
  const std::string folder = std::filesystem::canonical(folder_, gone).string();
  if (gone) return ranges;  // or all files of the process would be below it
  const std::string maps = read_text("/proc/self/maps");
  for (size_t at = 0, end = 0; at < maps.size(); at = end + 1) {
    end = std::min(maps.find('\n', at), maps.size());
    const auto line = read_maps_line(maps.substr(at, end - at), folder);
    const auto inode = line ? inodes.find(line->inode) : inodes.end();
    if (inode == inodes.end()) continue;
    const uint64_t pages = (inode->second->size_bytes() + page_bytes - 1) / page_bytes;
    PageRange range{line->offset_bytes / page_bytes, (line->end - line->start) / page_bytes};
    range.pages = std::min(range.end(), std::max(pages, range.pgoff)) - range.pgoff;
    const auto extents = BaselineFile(inode->second).extents();
    ranges.push_back(
        {.address = line->start,
         .range = range,
         .extents = extents.ok() ? clipped(extents.value(), range) : std::vector<FileExtent>(),
         .extents_are_known = extents.ok(),
         .holes = ShownHoles::by_file_system,
         .is_dax = maps_dax(inode->second->descriptor())});
  }
  return ranges;
}

}  // namespace daxlab
