#include "core/region/fsdax_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <memory>

#include "core/base/errno_status.h"
#include "core/base/file_system_type.h"
#include "core/base/maps_dax.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

enum class DaxState { effective, not_had, not_synchronous };

// The flags are looked at before anything of the file is, so that an empty one will do.
bool maps_synchronously(int descriptor) {
  void* const page = mmap(nullptr, page_bytes, PROT_READ, synchronous_mapping, descriptor, 0);
  if (page == MAP_FAILED) return false;
  munmap(page, page_bytes);
  return true;
}

// A file system can accept the option dax and leave it at that: these two tell.
DaxState state_of(int descriptor) {
  if (!maps_dax(descriptor)) return DaxState::not_had;
  return maps_synchronously(descriptor) ? DaxState::effective : DaxState::not_synchronous;
}

std::string remedy_on(const std::string& file_system) {
  if (file_system == "ext4") {
    return "mount it with -o dax=always, which takes blocks of 4 KiB (mkfs.ext4 -b 4096) on a "
           "/dev/pmem device in mode fsdax";
  }
  if (file_system == "xfs") {
    return "mount it with -o dax=always, which takes files without reflink (mkfs.xfs -m reflink=0) "
           "on a /dev/pmem device in mode fsdax";
  }
  return "give a file on ext4 or xfs that is mounted with -o dax=always from a /dev/pmem device in "
         "mode fsdax";
}

bool write_zeros(int descriptor, uint64_t offset_bytes, uint64_t length_bytes) {
  constexpr uint64_t most_bytes = uint64_t{1} << 20;
  const auto zeros = std::make_unique<std::byte[]>(std::min(length_bytes, most_bytes));
  while (length_bytes > 0) {
    const ssize_t count = pwrite(descriptor, zeros.get(), std::min(length_bytes, most_bytes),
                                 static_cast<off_t>(offset_bytes));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    offset_bytes += static_cast<uint64_t>(count);
    length_bytes -= static_cast<uint64_t>(count);
  }
  return true;
}

}  // namespace

bool is_fsdax(int descriptor) { return state_of(descriptor) == DaxState::effective; }

std::optional<Error> check_fsdax(int descriptor, const std::string& path) {
  const DaxState state = state_of(descriptor);
  if (state == DaxState::effective) return std::nullopt;
  if (state == DaxState::not_synchronous) {
    return Error{path +
                 ": its device has no persistent memory that the processor itself can make durable "
                 "(MAP_SYNC is refused, as by virtio-pmem); take an NVDIMM, or medium file"};
  }
  struct statfs facts {};
  const std::string file_system =
      fstatfs(descriptor, &facts) == 0 ? name_of_file_system(facts.f_type) : "unknown";
  return Error{fmt::format("{}: its file system ({}) maps it without DAX; {}, or take medium file",
                           path, file_system, remedy_on(file_system))};
}

ErrorOr<std::vector<PhysicalExtent>> physical_extents(int descriptor, uint64_t length_bytes,
                                                      const std::string& path) {
  constexpr uint32_t at_once = 128;
  struct alignas(fiemap) Answer {
    std::byte bytes[sizeof(fiemap) + at_once * sizeof(fiemap_extent)];
  };
  std::vector<PhysicalExtent> extents;
  for (uint64_t from = 0; from < length_bytes;) {
    Answer answer{};
    auto& map = reinterpret_cast<fiemap&>(answer);
    map.fm_start = from;
    map.fm_length = length_bytes - from;
    map.fm_flags = FIEMAP_FLAG_SYNC;
    map.fm_extent_count = at_once;
    if (ioctl(descriptor, FS_IOC_FIEMAP, &map) != 0) {
      return error_from_errno(path + ": asking where it lies on its device", errno);
    }
    if (map.fm_mapped_extents == 0) break;
    for (uint32_t i = 0; i < map.fm_mapped_extents; ++i) {
      const fiemap_extent& it = map.fm_extents[i];
      from = it.fe_logical + it.fe_length;
      extents.push_back({it.fe_logical, it.fe_physical, it.fe_length,
                         (it.fe_flags & FIEMAP_EXTENT_UNWRITTEN) != 0});
      if ((it.fe_flags & FIEMAP_EXTENT_LAST) != 0) return extents;
    }
  }
  return extents;
}

std::optional<Error> write_unwritten(int descriptor, uint64_t length_bytes,
                                     const std::string& path) {
  const auto extents = physical_extents(descriptor, length_bytes, path);
  if (!extents.ok()) return extents.error();
  for (const PhysicalExtent& extent : extents.value()) {
    if (!extent.is_unwritten || extent.offset_bytes >= length_bytes) continue;
    const uint64_t bytes = std::min(extent.length_bytes, length_bytes - extent.offset_bytes);
    if (!write_zeros(descriptor, extent.offset_bytes, bytes)) {
      return error_from_errno(fmt::format("{}: writing {} bytes to it once", path, bytes), errno);
    }
  }
  if (fsync(descriptor) != 0) return error_from_errno(path + ": making it durable", errno);
  return std::nullopt;
}

}  // namespace daxlab
