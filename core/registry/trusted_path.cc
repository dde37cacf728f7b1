#include "core/registry/trusted_path.h"

#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <string_view>
#include <system_error>

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr int max_links = 40;  // as the kernel
constexpr const char* remedy = "or accept it with --allow-writable-plugins";

// Many systems give each user a group of the same name and let it write by default.
bool is_private_group(uid_t owner, gid_t group) {
  const passwd* user = getpwuid(owner);
  if (user == nullptr || user->pw_gid != group) return false;
  const std::string user_name = user->pw_name;
  const struct group* entry = getgrgid(group);
  if (entry == nullptr || user_name != entry->gr_name) return false;
  for (char** member = entry->gr_mem; *member != nullptr; ++member) {
    if (user_name != *member) return false;
  }
  return true;
}

bool is_trusted_owner(uid_t owner) {
  if (owner == 0 || owner == geteuid()) return true;
  struct stat program {};  // who can change the program has us already
  return stat("/proc/self/exe", &program) == 0 && owner == program.st_uid;
}

bool others_may_write(const struct stat& status) {
  if ((status.st_mode & S_IWOTH) != 0) return true;
  return (status.st_mode & S_IWGRP) != 0 && !is_private_group(status.st_uid, status.st_gid);
}

std::optional<Error> distrust(const fs::path& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) {
    if ((status.st_mode & S_ISVTX) != 0 || !others_may_write(status)) return std::nullopt;
    return Error{
        fmt::format("{}: others may write to this folder and so replace a plugin below it; "
                    "chmod go-w it, {}",
                    path.string(), remedy)};
  }
  if (!is_trusted_owner(status.st_uid)) {
    return Error{fmt::format("{}: belongs to user {}, who is neither root nor you; copy it, {}",
                             path.string(), status.st_uid, remedy)};
  }
  if (!S_ISLNK(status.st_mode) && others_may_write(status)) {
    return Error{
        fmt::format("{}: others may write to this file; chmod go-w it, {}", path.string(), remedy)};
  }
  return std::nullopt;
}

void prepend(std::deque<fs::path>& parts, const fs::path& path) {
  parts.insert(parts.begin(), path.begin(), path.end());
}

}  // namespace

ErrorOr<fs::path> resolve_trusted(const fs::path& path, bool allow_writable) {
  std::deque<fs::path> parts;
  prepend(parts, path);
  fs::path here = "/";
  int links = 0;
  while (!parts.empty()) {
    const fs::path part = parts.front();
    parts.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      here = here.parent_path();
      continue;
    }
    const fs::path next = part == "/" ? part : here / part;
    struct stat status {};
    if (lstat(next.c_str(), &status) != 0) {
      return Error{fmt::format("{}: {}; check the name and the folder", next.string(),
                               std::strerror(errno))};
    }
    if (!allow_writable) {
      if (std::optional<Error> error = distrust(next, status)) return *error;
    }
    if (!S_ISLNK(status.st_mode)) {
      here = next;
      continue;
    }
    if (++links > max_links) {
      return Error{fmt::format("{}: more than {} symbolic links; do they form a ring?",
                               path.string(), max_links)};
    }
    std::error_code error;
    const fs::path target = fs::read_symlink(next, error);
    if (error) return Error{fmt::format("{}: {}", next.string(), error.message())};
    prepend(parts, target);
  }
  return here;
}

}  // namespace daxlab
