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
#include "core/base/maps_dax.h"
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
    const std::string& directory, const BaselineOptions& options) {
  install_fault_handlers();
  constexpr std::string_view advice = "name a folder that exists and that you may write to";
  std::string folder =
      std::filesystem::path(directory) / fmt::format("daxlab-{}-XXXXXX", ::getpid());
  if (::mkdtemp(folder.data()) == nullptr)
    return folder_error(directory, std::generic_category().message(errno), advice);
  OwnedDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) {
    const std::string why = std::generic_category().message(errno);
    ::rmdir(folder.c_str());
    return folder_error(folder, why, advice);
  }
  std::unique_ptr<BaselineFileSystem> made(
      new BaselineFileSystem(std::move(folder), std::move(descriptor)));
  if (auto error = made->look_around(options)) return *error;
  return made;
}

// By a file that is made here: what a mount promises need not be so.
std::optional<Error> BaselineFileSystem::look_around(const BaselineOptions& options) {
  constexpr const char* name = "first";
  const auto fails = [&](std::string_view advice) {
    return folder_error(folder_, std::generic_category().message(errno), advice);
  };
  first_file_ = OwnedDescriptor(
      ::openat(directory_.number(), name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  struct statfs system {};
  if (!first_file_.is_open() || ::fstatfs(first_file_.number(), &system) != 0) {
    return fails("name a folder where files can be made");
  }
  type_name_ = name_of_file_system(system.f_type);
  freeing_ = std::make_shared<LateFreeing>(directory_, system.f_type);
  if (maps_dax(first_file_.number())) type_name_ += "-dax";
  direct_io_ = options.direct_io;
  if (::unlinkat(directory_.number(), name, 0) != 0) return fails("let files be removed there");
  return options.space_bytes == 0 ? std::nullopt : leave_free(options.space_bytes);
}

std::optional<Error> BaselineFileSystem::leave_free(uint64_t space_bytes) {
  freeing_->wait();  // of files that were here before
  const uint64_t free_bytes = space_use().free_blocks * block_bytes;
  if (free_bytes <= space_bytes) return std::nullopt;
  const auto rest = static_cast<off_t>(free_bytes - space_bytes);
  if (::fallocate(first_file_.number(), 0, 0, rest) == 0) return std::nullopt;
  return folder_error(
      folder_, std::generic_category().message(errno),
      fmt::format("{} of its {} free bytes were to be taken, to leave {}: name a folder on a file "
                  "system with fallocate() that nobody else uses",
                  rest, free_bytes, space_bytes));
}

BaselineFileSystem::~BaselineFileSystem() {
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
  constexpr int always = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_DSYNC;
  const std::string path(name);
  OwnedDescriptor descriptor(::openat(directory_.number(), path.c_str(), always | flags, 0600));
  if (!descriptor.is_open()) return status_from_errno(errno);
  OwnedDescriptor direct;
  if (direct_io_) {
    direct = OwnedDescriptor(::openat(directory_.number(), path.c_str(), always | O_DIRECT));
    if (!direct.is_open()) return status_from_errno(errno);
  }
  auto inode = std::make_shared<BaselineInode>(std::move(descriptor), std::move(direct), freeing_);
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
  if (::unlinkat(directory_.number(), std::string(name).c_str(), 0) != 0) {
    return status_from_errno(errno);
  }
  freeing_->wait();
  return {};
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
    if (::fstatat(directory_.number(), entry.path().filename().c_str(), &facts,
                  AT_SYMLINK_NOFOLLOW) == 0)
      count(facts);
  }
  struct statvfs space {};
  if (::fstatvfs(directory_.number(), &space) == 0)
    use.free_blocks = static_cast<uint64_t>(space.f_bavail) * space.f_frsize / block_bytes;
  use.total_blocks = use.used_blocks + use.free_blocks;
  use.is_exact = false;
  return use;
}

}  // namespace daxlab
