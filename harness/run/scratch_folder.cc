#include "harness/run/scratch_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "core/base/errno_status.h"
#include "core/base/process_limits.h"

namespace daxlab {
namespace {

constexpr const char* name_prefix = "daxlab-scratch-";

struct LockedFolder {
  OwnedDescriptor fd;
  bool is_taken = false;  // another has it, or has removed it
};

LockedFolder lock_folder(const std::filesystem::path& path) {
  OwnedDescriptor fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!fd.is_open()) return {OwnedDescriptor(), true};
  if (flock(fd.number(), LOCK_EX | LOCK_NB) != 0) return {OwnedDescriptor(), errno == EWOULDBLOCK};
  struct stat opened {
  }, named{};
  const bool is_there = fstat(fd.number(), &opened) == 0 && lstat(path.c_str(), &named) == 0 &&
                        opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
  if (!is_there) return {OwnedDescriptor(), true};
  return {std::move(fd), false};
}

bool is_ours(const std::filesystem::path& path) {
  struct stat facts {};
  return path.filename().string().starts_with(name_prefix) && lstat(path.c_str(), &facts) == 0 &&
         S_ISDIR(facts.st_mode) && facts.st_uid == geteuid();
}

// What cannot be seen or removed is in nobody's way.
void remove_left_behind(const std::filesystem::path& parent) {
  std::error_code error;
  std::filesystem::directory_iterator entries(parent, error);
  for (; !error && entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    if (!is_ours(entries->path())) continue;
    const LockedFolder locked = lock_folder(entries->path());
    std::error_code leftover;
    if (locked.fd.is_open()) std::filesystem::remove_all(entries->path(), leftover);
  }
}

}  // namespace

ErrorOr<ScratchFolder> ScratchFolder::make(const std::filesystem::path& parent) {
  remove_left_behind(parent);
  for (;;) {
    std::string name = (parent / (std::string(name_prefix) + "XXXXXX")).string();
    if (mkdtemp(name.data()) == nullptr) {
      const int failed = errno;
      const std::string space = failed == ENOSPC ? space_text(parent) : "";
      return error_from_errno(fmt::format("making a folder in {}{}", parent.string(),
                                          space.empty() ? "" : " (" + space + ")"),
                              failed);
    }
    LockedFolder locked = lock_folder(name);
    // Taken: for one left behind, by another process that looked before the lock was there.
    if (!locked.is_taken) return ScratchFolder(name, std::move(locked.fd));
  }
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : path_(std::move(other.path_)), lock_(std::move(other.lock_)) {
  other.path_.clear();
}

ScratchFolder::~ScratchFolder() {
  std::error_code leftover;  // of no use to a run that is over
  if (!path_.empty()) std::filesystem::remove_all(path_, leftover);
}

}  // namespace daxlab
