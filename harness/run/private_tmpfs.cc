#include "harness/run/private_tmpfs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "core/base/errno_status.h"
#include "core/base/owned_descriptor.h"

namespace daxlab {
namespace {

bool write_whole(const char* path, const std::string& text) {
  const OwnedDescriptor file(::open(path, O_WRONLY | O_CLOEXEC));
  return file.is_open() &&
         ::write(file.number(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

// Users keep their numbers: files made there belong to whom they would belong to outside.
std::optional<Error> enter_namespaces() {
  if (::unshare(CLONE_NEWNS) == 0) return std::nullopt;
  const auto user = ::geteuid();
  const auto group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) {
    return error_from_errno("a user and mount namespace of its own", errno);
  }
  if (!write_whole("/proc/self/setgroups", "deny") ||
      !write_whole("/proc/self/uid_map", fmt::format("{} {} 1", user, user)) ||
      !write_whole("/proc/self/gid_map", fmt::format("{} {} 1", group, group))) {
    return error_from_errno("the users of a namespace of its own", errno);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Error> mount_private_tmpfs(const std::filesystem::path& folder, uint64_t size_bytes) {
  if (auto error = enter_namespaces()) return error;
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) {
    return error_from_errno("keeping mounts to itself", errno);
  }
  const std::string options = fmt::format("mode=0700,size={}", size_bytes);
  if (::mount("daxlab", folder.c_str(), "tmpfs", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    return error_from_errno(fmt::format("mounting a tmpfs on {}", folder.string()), errno);
  }
  return std::nullopt;
}

}  // namespace daxlab
