#include "harness/run/baseline_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "core/base/bytes_text.h"
#include "core/base/owned_descriptor.h"
#include "harness/run/private_tmpfs.h"

namespace daxlab {
namespace {

// More is somebody's disk, and to take the rest of it from them would be more than a measurement.
constexpr uint64_t small_bytes = uint64_t{1} << 30;

std::string why_not(const Cell& cell, const std::string& why, std::string_view advice) {
  return fmt::format("baseline in {}: {}; {}", cell.directory.string(), why, advice);
}

std::optional<std::string> check_direct_io(const Cell& cell,
                                           const std::filesystem::path& directory) {
  const std::filesystem::path path = directory / "direct";
  const OwnedDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_DIRECT, 0600));
  const int failed = file.is_open() ? 0 : errno;
  ::unlink(path.c_str());
  if (failed != EINVAL) return std::nullopt;  // what else may be wrong is for the lab to say
  return why_not(cell, "this file system has no O_DIRECT", "take io: buffered");
}

// Root may use blocks that the count of free ones leaves out, unless there are none: ext4 keeps up
// to 2 % even from root, which is not meant.
bool has_reserved_blocks(const struct statvfs& space) {
  return ::geteuid() == 0 && space.f_bfree - space.f_bavail > space.f_blocks / 32;
}

std::optional<std::string> check_bounded_space(const Cell& cell,
                                               const std::filesystem::path& directory) {
  struct statfs system {};
  struct statvfs space {};
  if (::statfs(directory.c_str(), &system) != 0 || ::statvfs(directory.c_str(), &space) != 0) {
    return why_not(cell, std::generic_category().message(errno), "name another folder");
  }
  if (system.f_type == TMPFS_MAGIC) {
    const auto error = mount_private_tmpfs(directory, cell.region_bytes);
    if (!error) return std::nullopt;
    return why_not(cell, "no tmpfs of its own to fill: " + error->message,
                   "allow user namespaces, or name a folder on a small file system");
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
                                                  const std::filesystem::path& directory) {
  if (cell.region_bytes != 0) {
    if (auto reason = check_bounded_space(cell, directory)) return reason;
  }
  return cell.direct_io ? check_direct_io(cell, directory) : std::nullopt;
}

}  // namespace daxlab
