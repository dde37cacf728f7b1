#include "core/engine/baseline/baseline_file_system.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <set>
#include <system_error>

#include "core/base/bus_error.h"
#include "core/base/errno_status.h"
#include "core/base/file_system_type.h"
#include "core/engine/baseline/baseline_file.h"

namespace daxlab {
namespace {

constexpr size_t longest_name = 63;

Status check_name(std::string_view name) {
  if (name.empty() || name == "." || name == "..") return ErrorCode::invalid_argument;
  if (name.find('/') != name.npos || name.find('\0') != name.npos)
    return ErrorCode::invalid_argument;
  return name.size() > longest_name ? ErrorCode::too_big : ErrorCode::ok;
}

uint64_t blocks_of(const struct stat& facts) {
  constexpr uint64_t stat_unit_bytes = 512;
  return (static_cast<uint64_t>(facts.st_blocks) * stat_unit_bytes + block_bytes - 1) / block_bytes;
}

Error folder_error(const std::string& folder, std::string_view why, std::string_view advice) {
  return {fmt::format("baseline folder {}: {}; {}", folder, why, advice)};
}

}  // namespace

ErrorOr<std::unique_ptr<BaselineFileSystem>> BaselineFileSystem::make(
    const std::string& directory) {
  install_fault_handlers();
  constexpr std::string_view advice = "name a folder that exists and that you may write to";
  std::string folder =
      std::filesystem::path(directory) / fmt::format("daxlab-{}-XXXXXX", ::getpid());
  if (::mkdtemp(folder.data()) == nullptr)
    return folder_error(directory, std::generic_category().message(errno), advice);
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  struct statfs facts {};
  if (descriptor < 0 || ::fstatfs(descriptor, &facts) != 0) {
    const std::string why = std::generic_category().message(errno);
    if (descriptor >= 0) ::close(descriptor);
    ::rmdir(folder.c_str());
    return folder_error(folder, why, advice);
  }
  return std::unique_ptr<BaselineFileSystem>(
      new BaselineFileSystem(folder, descriptor, name_of_file_system(facts.f_type)));
}

BaselineFileSystem::BaselineFileSystem(std::string folder, int directory, std::string type_name)
    : folder_(std::move(folder)), directory_(directory), type_name_(std::move(type_name)) {}

BaselineFileSystem::~BaselineFileSystem() {
  ::close(directory_);
  std::error_code failed;
  std::filesystem::remove_all(folder_, failed);
  if (failed) {
    std::fprintf(stderr, "daxlab: cannot remove %s: %s; remove it by hand\n", folder_.c_str(),
                 failed.message().c_str());
  }
}

Result<std::unique_ptr<File>> BaselineFileSystem::open_with(std::string_view name, int flags) {
  if (const Status status = check_name(name); !status.ok()) return status;
  // File::write is durable on return.
  const int descriptor = ::openat(directory_, std::string(name).c_str(),
                                  O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_DSYNC | flags, 0600);
  if (descriptor < 0) return status_from_errno(errno);
  auto inode = std::make_shared<BaselineInode>(descriptor);
  const std::lock_guard guard(mutex_);
  std::erase_if(open_inodes_, [](const auto& weak) { return weak.expired(); });
  open_inodes_.push_back(inode);
  return std::unique_ptr<File>(std::make_unique<BaselineFile>(std::move(inode)));
}

Result<std::unique_ptr<File>> BaselineFileSystem::create(std::string_view name) {
  return open_with(name, O_CREAT | O_EXCL);
}

Result<std::unique_ptr<File>> BaselineFileSystem::open(std::string_view name) {
  return open_with(name, 0);
}

Status BaselineFileSystem::unlink(std::string_view name) {
  if (const Status status = check_name(name); !status.ok()) return status;
  if (::unlinkat(directory_, std::string(name).c_str(), 0) == 0) return {};
  return status_from_errno(errno);
}

SpaceUse BaselineFileSystem::space_use() {
  SpaceUse use;
  std::set<ino_t> counted;
  const auto count = [&](const struct stat& facts) {
    if (counted.insert(facts.st_ino).second) use.used_blocks += blocks_of(facts);
  };
  struct stat facts {};
  {
    const std::lock_guard guard(mutex_);
    for (const auto& weak : open_inodes_) {
      const auto inode = weak.lock();
      if (inode != nullptr && ::fstat(inode->descriptor(), &facts) == 0) count(facts);
    }
  }
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
    if (::fstatat(directory_, entry.path().filename().c_str(), &facts, AT_SYMLINK_NOFOLLOW) == 0)
      count(facts);
  }
  struct statvfs space {};
  if (::fstatvfs(directory_, &space) == 0)
    use.free_blocks = static_cast<uint64_t>(space.f_bavail) * space.f_frsize / block_bytes;
  use.total_blocks = use.used_blocks + use.free_blocks;
  return use;
}

}  // namespace daxlab
