#include "harness/run/baseline_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/bytes_text.h"
#include "core/base/file_system_type.h"
#include "core/base/owned_descriptor.h"
#include "harness/run/private_tmpfs.h"
#include "harness/run/shared_memory_check.h"

namespace daxlab {
namespace {

// More is somebody's disk, and to take the rest of it from them would be more than a measurement.
constexpr uint64_t small_bytes = uint64_t{1} << 30;

std::string why_not(const Cell& cell, const std::string& why, std::string_view advice) {
  return fmt::format("baseline in {}: {}; {}", cell.directory.string(), why, advice);
}

std::optional<std::string> check_direct_io(const Cell& cell,
                                           const std::filesystem::path& directory) {
  const auto lacks = [&] {
    return why_not(cell, "this file system has no direct I/O", "take io: buffered");
  };
  // Since Linux 6.6 it takes O_DIRECT and uses the page cache all the same.
  if (is_tmpfs(directory)) return lacks();
  const std::filesystem::path path = directory / "direct";
  const OwnedDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_DIRECT, 0600));
  const int failed = file.is_open() ? 0 : errno;
  ::unlink(path.c_str());
  if (failed != EINVAL) return std::nullopt;  // what else may be wrong is for the lab to say
  return lacks();
}

// Root may use blocks that the count of free ones leaves out, unless there are none: ext4 keeps up
// to 2 % even from root, which is not meant.
bool has_reserved_blocks(const struct statvfs& space) {
  return ::geteuid() == 0 && space.f_bfree - space.f_bavail > space.f_blocks / 32;
}

std::optional<std::string> check_bounded_space(const Cell& cell,
                                               const std::filesystem::path& directory,
                                               const std::set<dev_t>& in_use) {
  if (is_tmpfs(directory)) {
    if (const auto error = check_shared_memory(cell.region_bytes)) {
      return why_not(cell, error->message, "a tmpfs is in memory");
    }
    const auto error = mount_private_tmpfs(directory, cell.region_bytes);
    if (!error) return std::nullopt;
    return why_not(cell, "no tmpfs of its own to fill: " + error->message,
                   "allow user namespaces, or name a folder on a small file system");
  }
  struct stat facts {};
  struct statvfs space {};
  if (::stat(directory.c_str(), &facts) != 0 || ::statvfs(directory.c_str(), &space) != 0) {
    return why_not(cell, std::generic_category().message(errno), "name another folder");
  }
  if (in_use.contains(facts.st_dev)) {
    return why_not(cell, "a file system to be filled, which is in use besides",
                   "name a folder on one that is not, as a loop device can have");
  }
  if (space.f_blocks == 0) {
    return why_not(cell, "a file system that tells no size, to be filled", "name another folder");
  }
  const uint64_t size_bytes = uint64_t{space.f_blocks} * space.f_frsize;
  if (size_bytes > small_bytes) {
    return why_not(
        cell, fmt::format("a file system of {}, too large to be filled", bytes_text(size_bytes)),
        fmt::format("name a folder on one of at most {}, as a loop device can have",
                    bytes_text(small_bytes)));
  }
  if (has_reserved_blocks(space)) {
    return why_not(cell, "this file system has blocks that only root may use",
                   "give them to all: mkfs.ext4 -m 0, tune2fs -m 0");
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> prepare_baseline_place(const Cell& cell,
                                                  const std::filesystem::path& directory,
                                                  const std::set<dev_t>& in_use) {
  if (cell.region_bytes != 0) {
    if (auto reason = check_bounded_space(cell, directory, in_use)) return reason;
  }
  return cell.io == IoKind::direct ? check_direct_io(cell, directory) : std::nullopt;
}

}  // namespace daxlab
