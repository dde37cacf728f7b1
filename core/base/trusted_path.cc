#include "core/base/trusted_path.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <linux/magic.h>
#include <pwd.h>
#include <sys/auxv.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstring>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/errno_status.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;

constexpr int max_links = 40;  // as the kernel
constexpr const char* remedy = "or accept it with --allow-writable-plugins";

bool is_same(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool is_root_or_this_user(uid_t owner) { return owner == 0 || owner == geteuid(); }

bool may_own_code(uid_t owner) {
  if (is_root_or_this_user(owner)) return true;
  struct stat program {};  // who can change the program has us already
  return stat("/proc/self/exe", &program) == 0 && owner == program.st_uid;
}

// Whose folder this is could replace the program itself. Not so where the program has more rights
// than who started it: that one may have put it there, by a hard link.
bool lies_above_program(const struct stat& folder) {
  if (getauxval(AT_SECURE) != 0) return false;
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return false;
  OwnedDescriptor here(open(program.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct stat status {
  }, below{};
  while (here.is_open() && fstat(here.number(), &status) == 0) {
    if (is_same(status, folder)) return true;
    if (is_same(status, below)) return false;  // above the root is the root
    below = status;
    here = OwnedDescriptor(openat(here.number(), "..", O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  return false;
}

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

bool others_may_write(const struct stat& status) {
  if ((status.st_mode & S_IWOTH) != 0) return true;
  return (status.st_mode & S_IWGRP) != 0 && !is_private_group(status.st_uid, status.st_gid);
}

std::optional<Error> distrust_folder(const fs::path& path, const struct stat& status) {
  if (!may_own_code(status.st_uid) && !lies_above_program(status)) {
    return Error{
        fmt::format("{}: this folder belongs to user {}, who is neither root nor you and could "
                    "replace a plugin below it; copy the plugin to a folder of yours, {}",
                    path.string(), status.st_uid, remedy)};
  }
  if ((status.st_mode & S_ISVTX) != 0 || !others_may_write(status)) return std::nullopt;
  return Error{
      fmt::format("{}: others may write to this folder and so replace a plugin below it; "
                  "chmod go-w it, {}",
                  path.string(), remedy)};
}

std::optional<Error> distrust(const fs::path& path, const struct stat& status) {
  if (S_ISDIR(status.st_mode)) return distrust_folder(path, status);
  if (!may_own_code(status.st_uid)) {
    return Error{fmt::format("{}: belongs to user {}, who is neither root nor you; copy it, {}",
                             path.string(), status.st_uid, remedy)};
  }
  if (!S_ISLNK(status.st_mode) && others_may_write(status)) {
    return Error{
        fmt::format("{}: others may write to this file; chmod go-w it, {}", path.string(), remedy)};
  }
  return std::nullopt;
}

// Of a link that is open.
ErrorOr<fs::path> target_of(int link, const fs::path& path) {
  std::array<char, PATH_MAX> text;
  const ssize_t length = readlinkat(link, "", text.data(), text.size());
  if (length < 0) return error_from_errno(path.string(), errno);
  if (static_cast<size_t>(length) == text.size())
    return error_from_errno(path.string(), ENAMETOOLONG);
  return fs::path(std::string_view(text.data(), static_cast<size_t>(length)));
}

Error too_many_links(const fs::path& path) {
  return {fmt::format("{}: more than {} symbolic links; do they form a ring?", path.string(),
                      max_links)};
}

// What a name in a folder is, not what a link of that name leads to.
OwnedDescriptor look_at(int folder, const char* name) {
  return OwnedDescriptor(openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
}

}  // namespace

std::string name_of_descriptor(int descriptor) {
  return fmt::format("/proc/self/fd/{}", descriptor);
}

ErrorOr<TrustedFile> find_trusted_file(const fs::path& path, bool allow_writable) {
  std::deque<fs::path> parts(path.begin(), path.end());
  std::vector<TrustedFile> way;  // each judged: "/", a folder, its folder, ...
  for (int links = 0; !parts.empty();) {
    const fs::path part = parts.front();
    parts.pop_front();
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (way.size() > 1) way.pop_back();
      continue;
    }
    if (part == "/") way.clear();
    const fs::path next = way.empty() ? part : way.back().path / part;
    OwnedDescriptor found =
        look_at(way.empty() ? AT_FDCWD : way.back().descriptor.number(), part.c_str());
    struct stat status {};
    if (!found.is_open() || fstat(found.number(), &status) != 0) {
      const int why = errno;
      if (is_shortage(why)) return error_from_errno(next.string(), why);
      return Error{
          fmt::format("{}: {}; check the name and the folder", next.string(), std::strerror(why))};
    }
    if (!allow_writable) {
      if (std::optional<Error> error = distrust(next, status)) return *error;
    }
    if (!S_ISLNK(status.st_mode)) {
      way.push_back({std::move(found), next});
      continue;
    }
    if (++links > max_links) return too_many_links(path);
    ErrorOr<fs::path> target = target_of(found.number(), next);
    if (!target.ok()) return target.error();
    parts.insert(parts.begin(), target.value().begin(), target.value().end());
  }
  if (way.empty()) return Error{"the empty path names no file; name one"};
  return std::move(way.back());
}

namespace {

std::optional<Error> refuse_link(const fs::path& path, uid_t owner, EndLinks links) {
  if (links == EndLinks::refused) {
    return Error{
        fmt::format("{}: is a link, and none is followed here; remove it, or name another file",
                    path.string())};
  }
  if (is_root_or_this_user(owner)) return std::nullopt;
  return Error{
      fmt::format("{}: is a link that belongs to user {}, who is neither root nor you: it is not "
                  "followed; remove it, or name the file that it leads to",
                  path.string(), owner)};
}

bool is_in_proc(int folder) {
  struct statfs facts {};
  return fstatfs(folder, &facts) == 0 && facts.f_type == PROC_SUPER_MAGIC;
}

// -1: it is none of this process's descriptors.
int descriptor_named(int folder, const std::string& name) {
  struct stat here {
  }, own{};
  if (fstat(folder, &here) != 0 || stat("/proc/self/fd", &own) != 0 || !is_same(here, own)) {
    return -1;
  }
  int number = -1;
  const char* const end = name.data() + name.size();
  const auto [last, error] = std::from_chars(name.data(), end, number);
  return error == std::errc() && last == end ? number : -1;
}

// "a/b//" is "a/b", and has to be a folder.
std::pair<fs::path, bool> without_slashes_at_end(const fs::path& path) {
  std::string text = path.string();
  const size_t length = text.find_last_not_of('/') + 1;
  const bool had_some = length < text.size();
  if (length == 0) return {"/.", false};
  text.resize(length);
  return {text, had_some};
}

ErrorOr<OwnedDescriptor> open_folder_of(const fs::path& path, int from, const fs::path& shown) {
  const fs::path folder = path.has_parent_path() ? path.parent_path() : ".";
  OwnedDescriptor opened(openat(from, folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (opened.is_open()) return opened;
  if (errno != ENOENT) {
    return error_from_errno(fmt::format("{}: its folder {}", shown.string(), folder.string()),
                            errno);
  }
  return Error{
      fmt::format("{}: there is no folder {}; make it first", shown.string(), folder.string())};
}

}  // namespace

ErrorOr<PathEnd> PathEnd::find(const fs::path& path, EndLinks links) {
  if (path.empty()) return Error{"the empty path names no file; name one"};
  PathEnd end;
  fs::path shown = path;  // where this is, for messages
  auto [rest, is_folder] = without_slashes_at_end(path);
  for (int followed = 0; followed <= max_links; ++followed) {
    auto folder =
        open_folder_of(rest, end.folder_.is_open() ? end.folder_.number() : AT_FDCWD, shown);
    if (!folder.ok()) return folder.error();
    end.folder_ = folder.take();
    end.name_ = rest.filename().string();
    const OwnedDescriptor found = look_at(end.folder(), end.name_.c_str());
    end.is_there_ = found.is_open();
    if (!end.is_there_ && errno != ENOENT) return error_from_errno(shown.string(), errno);
    if (end.is_there_ && fstat(found.number(), &end.status_) != 0) {
      return error_from_errno(shown.string(), errno);
    }
    if (!end.is_there_ || !S_ISLNK(end.status_.st_mode)) {
      if (!is_folder || (end.is_there_ && S_ISDIR(end.status_.st_mode))) return end;
      return Error{fmt::format("{}: ends with a slash, and is no folder; leave out the slash",
                               path.string())};
    }
    if (auto error = refuse_link(shown, end.status_.st_uid, links)) return *error;
    if (is_in_proc(end.folder())) {
      end.is_kernels_link_ = true;
      end.own_descriptor_ = descriptor_named(end.folder(), end.name_);
      if (fstatat(end.folder(), end.name_.c_str(), &end.status_, 0) == 0) return end;
      return error_from_errno(shown.string(), errno);
    }
    auto target = target_of(found.number(), shown);
    if (!target.ok()) return target.error();
    shown = shown.parent_path() / target.value();
    const auto [next, next_is_folder] = without_slashes_at_end(target.value());
    rest = next;
    is_folder = is_folder || next_is_folder;
  }
  return too_many_links(path);
}

bool PathEnd::is(int descriptor) const {
  struct stat opened {};
  return is_there_ && fstat(descriptor, &opened) == 0 && is_same(opened, status_);
}

OwnedDescriptor PathEnd::open(int flags, mode_t mode) const {
  const int not_followed = is_kernels_link_ ? 0 : O_NOFOLLOW;
  return OwnedDescriptor(openat(folder(), name_.c_str(),
                                flags | not_followed | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, mode));
}

void PathEnd::unlink(int descriptor) const {
  struct stat named {
  }, opened{};
  if (fstatat(folder(), name_.c_str(), &named, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (fstat(descriptor, &opened) == 0 && is_same(named, opened)) {
    unlinkat(folder(), name_.c_str(), 0);
  }
}

}  // namespace daxlab
