#include "core/region/medium_kind.h"

#include <fmt/format.h>
#include <sys/sysmacros.h>

#include <sstream>

#include "core/base/kernel_file.h"
#include "core/region/dax_sysfs.h"

namespace daxlab {
namespace {

// ", mounted at /mnt": of a block device, if it is.
std::string where_mounted(dev_t number) {
  const std::string wanted = fmt::format("{}:{}", major(number), minor(number));
  std::istringstream mounts(read_text("/proc/self/mountinfo"));
  for (std::string line; std::getline(mounts, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, mount_point;
    fields >> id >> parent >> device >> root >> mount_point;
    if (device == wanted) return ", mounted at " + mount_point;
  }
  return "";
}

std::string about_block_device(dev_t number) {
  return fmt::format(
      "a block device{}; medium fsdax takes a file on it, medium devdax the character device that "
      "this makes of it, and what is on it is lost: {}",
      where_mounted(number), how_to_make_devdax(sysfs_of_block_device(number, "/")));
}

}  // namespace

const char* name_of(MediumKind kind) noexcept {
  switch (kind) {
    case MediumKind::memfd:
      return "memfd";
    case MediumKind::file:
      return "file";
    case MediumKind::fsdax:
      return "fsdax";
    case MediumKind::devdax:
      return "devdax";
  }
  return "?";
}

bool has_path(MediumKind kind) noexcept { return kind != MediumKind::memfd; }

bool is_dax(MediumKind kind) noexcept {
  return kind == MediumKind::fsdax || kind == MediumKind::devdax;
}

std::optional<Error> check_type(const std::string& path, const struct stat& there,
                                std::optional<MediumKind> wanted) {
  const bool device_wanted = wanted == MediumKind::devdax;
  const auto about = [&](const std::string& what) { return Error(path + ": " + what); };
  if (S_ISREG(there.st_mode)) {
    if (!device_wanted) return std::nullopt;
    return about(
        "a plain file; medium devdax takes a character device such as /dev/dax0.0, a file is "
        "medium fsdax or file");
  }
  if (S_ISDIR(there.st_mode)) {
    return about(device_wanted ? "a folder; give the path of a device"
                               : "a folder; give the path of a file");
  }
  if (S_ISBLK(there.st_mode)) return about(about_block_device(there.st_rdev));
  if (!S_ISCHR(there.st_mode)) return about("a pipe or socket; give the path of a plain file");
  if (!wanted || device_wanted) return std::nullopt;
  return about(
      fmt::format("a device; medium {} takes a plain file, a device of persistent memory "
                  "is medium devdax",
                  name_of(*wanted)));
}

}  // namespace daxlab
