#include "core/region/locked_place.h"

#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <utility>

#include "core/base/errno_status.h"
#include "core/region/dax_sysfs.h"
#include "core/region/fsdax_file.h"

namespace daxlab {
namespace {

// Opening something else might do something: a watchdog starts.
std::optional<Error> check_unopened(const std::string& path, const struct stat& there,
                                    Access access, std::optional<MediumKind> wanted) {
  if (auto error = check_type(path, there, wanted)) return error;
  if (!S_ISCHR(there.st_mode)) return std::nullopt;
  const auto size_bytes = usable_device_bytes(path, there.st_rdev, access);
  return size_bytes.ok() ? std::nullopt : std::optional(size_bytes.error());
}

}  // namespace

std::optional<Error> lock(int descriptor, Access access, const std::string& path) {
  if (flock(descriptor, (access == Access::read_write ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) {
    return std::nullopt;
  }
  if (errno != EWOULDBLOCK) return error_from_errno(fmt::format("{}: locking it", path), errno);
  return Error{
      fmt::format("{}: in use by another process; wait for it or end it, then try again", path)};
}

// It may have been removed, and made anew, before it was locked: then again.
ErrorOr<LockedPlace> open_locked(const std::string& path, int flags, Access access,
                                 std::optional<MediumKind> wanted) {
  constexpr int most_tries = 100;
  for (int i = 0; i < most_tries; ++i) {
    auto place = PathEnd::find(path);
    if (!place.ok()) return place.error();
    if (place.value().is_there()) {
      if (auto error = check_unopened(path, place.value().status(), access, wanted)) return *error;
    }
    OwnedDescriptor descriptor = place.value().open(flags, owner_only);
    if (!descriptor.is_open()) return error_from_errno(path, errno);
    if (auto error = lock(descriptor.number(), access, path)) return *error;
    const auto now = PathEnd::find(path);
    if (now.ok() && now.value().is(descriptor.number())) {
      return LockedPlace{std::move(descriptor), place.take()};
    }
  }
  return Error{fmt::format("{}: others keep replacing it; end them, then try again", path)};
}

ErrorOr<MediumKind> kind_of_file(int descriptor, const std::string& path,
                                 std::optional<MediumKind> wanted) {
  if (!wanted) return is_fsdax(descriptor) ? MediumKind::fsdax : MediumKind::file;
  if (*wanted == MediumKind::fsdax) {
    if (auto error = check_fsdax(descriptor, path)) return *error;
  }
  return *wanted;
}

ErrorOr<LockedMedium> medium_of(int descriptor, const std::string& path, Access access,
                                std::optional<MediumKind> wanted) {
  struct stat status {};
  if (fstat(descriptor, &status) != 0) return error_from_errno(path, errno);
  if (auto error = check_type(path, status, wanted)) return *error;
  if (S_ISCHR(status.st_mode)) {
    const auto size_bytes = usable_device_bytes(path, status.st_rdev, access);
    if (!size_bytes.ok()) return size_bytes.error();
    return LockedMedium{MediumKind::devdax, size_bytes.value()};
  }
  const auto kind = kind_of_file(descriptor, path, wanted);
  if (!kind.ok()) return kind.error();
  return LockedMedium{kind.value(), static_cast<uint64_t>(status.st_size)};
}

}  // namespace daxlab
