#include "core/region/device_bad_blocks.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "core/base/errno_status.h"
#include "core/region/dax_sysfs.h"
#include "core/region/fsdax_file.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

// A run of bytes of a region, and where it lies in what a list of bad sectors is about.
struct Place {
  uint64_t region_offset, list_offset, length_bytes;
};

// The sectors of a list that lie in one of the places. A list says no more than fits on a page of
// text: the kernel leaves the rest out.
ErrorOr<BadBlocks> bad_in(const fs::path& list, const std::string& text,
                          const std::vector<Place>& places, uint64_t region_blocks) {
  const auto runs = parse_bad_sectors(list.string(), text);
  if (!runs.ok()) return runs.error();
  constexpr uint64_t end_of_sectors = UINT64_MAX / sector_bytes;
  std::vector<uint64_t> blocks;
  for (const BadSectors& run : runs.value()) {
    const uint64_t first_sector = std::min(run.first_sector, end_of_sectors);
    const uint64_t sectors = std::min(run.sectors, end_of_sectors - first_sector);
    const uint64_t start = first_sector * sector_bytes, end = start + sectors * sector_bytes;
    for (const Place& place : places) {
      const uint64_t from = std::max(start, place.list_offset);
      const uint64_t to = std::min(end, place.list_offset + place.length_bytes);
      if (from >= to) continue;
      const uint64_t offset = place.region_offset + (from - place.list_offset);
      const uint64_t last = (offset + (to - from) - 1) / block_bytes;
      for (uint64_t block = offset / block_bytes; block <= last && block < region_blocks; ++block) {
        blocks.push_back(block);
      }
    }
  }
  return BadBlocks(std::move(blocks));
}

// Empty: there is none. One that cannot be read may say anything.
ErrorOr<std::string> text_of_list(const fs::path& list) {
  if (!is_there(list)) return std::string();
  std::string text;
  std::ifstream stream(list);
  const bool is_open = stream.is_open();
  if (is_open) std::getline(stream, text, '\0');
  if (is_open && !stream.bad()) return text;
  return Error{list.string() + ": the list of bad blocks cannot be read; run this as root"};
}

}  // namespace

// Nobody asks where a file lies, which takes long and needs a file system that says, for no list.
// The list is the disk's; a partition begins somewhere on it.
ErrorOr<BadBlocks> bad_blocks_of_file(const fs::path& device, const FindExtents& find_extents,
                                      uint64_t region_blocks) {
  const bool is_partition = is_there(device / "partition");
  const fs::path list = (is_partition ? device.parent_path() : device) / "badblocks";
  const auto listed = text_of_list(list);
  if (!listed.ok()) return listed.error();
  const std::string& text = listed.value();
  if (text.empty()) return BadBlocks();
  const auto start_sector = is_partition ? sysfs_number(device / "start") : uint64_t{0};
  if (!start_sector) {
    return Error{fmt::format("{}: lists bad blocks, and {} does not say where the partition is",
                             list.string(), (device / "start").string())};
  }
  const auto extents = find_extents();
  if (!extents.ok()) return extents.error();
  std::vector<Place> places;
  for (const PhysicalExtent& extent : extents.value()) {
    places.push_back({extent.offset_bytes, *start_sector * sector_bytes + extent.device_bytes,
                      extent.length_bytes});
  }
  return bad_in(list, text, places, region_blocks);
}

// The list is the bus region's, in whose memory the device begins somewhere.
ErrorOr<BadBlocks> bad_blocks_of_device(const fs::path& device, uint64_t region_blocks) {
  const fs::path region = bus_region_of(device);
  const fs::path list = region / "badblocks";
  const auto listed = region.empty() ? std::string() : text_of_list(list);
  if (!listed.ok()) return listed.error();
  const std::string& text = listed.value();
  if (text.empty()) return BadBlocks();
  const auto region_start = sysfs_number(region / "resource");
  const auto device_start = sysfs_number(device / "resource");
  if (!region_start || !device_start || *device_start < *region_start) {
    return Error{list.string() +
                 ": lists bad blocks, and only root may read where they lie; run this as root"};
  }
  return bad_in(list, text, {{0, *device_start - *region_start, region_blocks * block_bytes}},
                region_blocks);
}

ErrorOr<BadBlocks> device_bad_blocks(const Medium& medium, uint64_t region_blocks) {
  if (!is_dax(medium.kind())) return BadBlocks();
  struct stat there {};
  if (fstat(medium.descriptor(), &there) != 0) return error_from_errno(medium.path(), errno);
  const fs::path device = sysfs_of_memory_behind(there, "/");
  if (device.empty()) return BadBlocks();
  if (medium.kind() == MediumKind::devdax) return bad_blocks_of_device(device, region_blocks);
  return bad_blocks_of_file(
      device,
      [&] {
        return physical_extents(medium.descriptor(), region_blocks * block_bytes, medium.path());
      },
      region_blocks);
}

}  // namespace daxlab
