#include "core/base/file_system_type.h"

#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/vfs.h>

namespace daxlab {
namespace {

struct KnownType {
  unsigned long magic_number;
  const char* name;
};

constexpr unsigned long xfs_magic_number = 0x58465342;  // not in linux/magic.h of Debian 12
constexpr unsigned long zfs_magic_number = 0x2fc12fc1;
constexpr KnownType known_types[] = {
    {TMPFS_MAGIC, "tmpfs"},         {EXT4_SUPER_MAGIC, "ext4"},         {xfs_magic_number, "xfs"},
    {BTRFS_SUPER_MAGIC, "btrfs"},   {OVERLAYFS_SUPER_MAGIC, "overlay"}, {F2FS_SUPER_MAGIC, "f2fs"},
    {NFS_SUPER_MAGIC, "nfs"},       {FUSE_SUPER_MAGIC, "fuse"},         {RAMFS_MAGIC, "ramfs"},
    {HUGETLBFS_MAGIC, "hugetlbfs"}, {zfs_magic_number, "zfs"},          {V9FS_MAGIC, "9p"},
};

}  // namespace

std::string name_of_file_system(long magic_number) {
  // Some kernels sign-extend the 32-bit number.
  const unsigned long number = static_cast<unsigned long>(magic_number) & 0xffffffff;
  for (const KnownType& type : known_types) {
    if (type.magic_number == number) return type.name;
  }
  return fmt::format("{:#x}", number);
}

bool is_tmpfs(const std::filesystem::path& path) {
  struct statfs system {};
  return ::statfs(path.c_str(), &system) == 0 && system.f_type == TMPFS_MAGIC;
}

}  // namespace daxlab
