#include "harness/run/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <utility>

#include "core/base/errno_status.h"
#include "core/region/superblock.h"

namespace daxlab {

namespace {

std::optional<Error> refuse_region(const PathEnd& place, const std::string& shown) {
  const OwnedDescriptor file = place.open(O_RDONLY);
  if (!file.is_open()) {
    return error_from_errno(shown + ": reading whether it holds a daxlab region", errno);
  }
  const auto is_region =
      looks_like_region(file.number(), static_cast<uint64_t>(place.status().st_size));
  if (!is_region.ok()) return is_region.error().prefixed(shown + ": ");
  if (!is_region.value()) return std::nullopt;
  return Error{shown +
               ": holds a daxlab region, which the results would replace; name another file"};
}

// What must not give way to a file of results.
std::optional<Error> refuse(const PathEnd& place, const std::string& shown) {
  if (!place.is_there()) return std::nullopt;
  const mode_t mode = place.status().st_mode;
  if (S_ISDIR(mode)) return Error{shown + ": is a folder; name a file"};
  if (!S_ISREG(mode)) {
    return Error{shown + ": is a device, pipe or socket; name a plain file"};
  }
  return refuse_region(place, shown);
}

// A second one of what is open already: whoever opened it has said where it begins and ends.
ErrorOr<OwnedDescriptor> second_of(int descriptor, const std::string& shown) {
  OwnedDescriptor second(fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  const int flags = fcntl(descriptor, F_GETFL);
  if (!second.is_open() || flags < 0) return error_from_errno(shown, errno);
  if ((flags & O_ACCMODE) != O_RDONLY) return second;
  return Error{shown + ": is open for reading only; name a file"};
}

// Beside it, and hidden: another one at each call.
std::string temporary_name(const PathEnd& place) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz012345";
  std::array<unsigned char, 8> random{};
  [[maybe_unused]] const ssize_t got = getrandom(random.data(), random.size(), 0);
  std::string name = "." + place.name() + ".";
  for (const unsigned char byte : random) name += letters[byte % letters.size()];
  return name;
}

}  // namespace

ErrorOr<OutputFile> OutputFile::prepare(const std::filesystem::path& path) {
  const std::string shown = path.string();
  auto found = PathEnd::find(path);
  if (!found.ok()) return found.error();
  PathEnd& place = found.value();
  if (place.own_descriptor() >= 0) {
    auto second = second_of(place.own_descriptor(), shown);
    if (!second.ok()) return second.error();
    return OutputFile(shown, std::move(place), {}, second.take());
  }
  if (auto error = refuse(place, shown)) return *error;
  constexpr mode_t as_umask_says = 0666;
  // Without a name it does not outlive a process that is killed.
  OwnedDescriptor nameless(
      openat(place.folder(), ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, as_umask_says));
  if (nameless.is_open()) return OutputFile(shown, std::move(place), {}, std::move(nameless));
  for (;;) {  // not every file system can do without
    const std::string temporary = temporary_name(place);
    const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    OwnedDescriptor fd(openat(place.folder(), temporary.c_str(), flags, as_umask_says));
    if (fd.is_open()) return OutputFile(shown, std::move(place), temporary, std::move(fd));
    if (errno != EEXIST) return error_from_errno(shown + ": writing into its folder", errno);
  }
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : shown_(std::move(other.shown_)),
      place_(std::move(other.place_)),
      temporary_(std::exchange(other.temporary_, {})),
      fd_(std::move(other.fd_)) {}

OutputFile::~OutputFile() {
  if (!temporary_.empty()) unlinkat(place_.folder(), temporary_.c_str(), 0);
}

// linkat() does not replace, rename() does.
std::optional<Error> OutputFile::give_name() {
  const std::string file = name_of_descriptor(fd_.number());
  for (;;) {
    const std::string name = temporary_name(place_);
    if (linkat(AT_FDCWD, file.c_str(), place_.folder(), name.c_str(), AT_SYMLINK_FOLLOW) == 0) {
      temporary_ = name;
      return std::nullopt;
    }
    if (errno != EEXIST) return error_from_errno(shown_ + ": naming the finished file", errno);
  }
}

void OutputFile::take_over_mode() const {
  struct stat old {};
  const int found = fstatat(place_.folder(), place_.name().c_str(), &old, AT_SYMLINK_NOFOLLOW);
  if (found != 0 || !S_ISREG(old.st_mode)) return;
  mode_t mode = old.st_mode & 0777;
  constexpr auto same_owner = static_cast<uid_t>(-1);
  if (fchown(fd_.number(), old.st_uid, old.st_gid) != 0 &&
      fchown(fd_.number(), same_owner, old.st_gid) != 0) {
    // Another group now: it may do what everybody may.
    mode = (mode & ~mode_t{070}) | ((mode & 07) << 3);
  }
  fchmod(fd_.number(), mode);
}

ErrorOr<size_t> OutputFile::write_all(std::string_view text) const {
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t count = write(fd_.number(), text.data() + written, text.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {  // somebody's pipe that does not wait
      pollfd wait{fd_.number(), POLLOUT, 0};
      poll(&wait, 1, -1);
      continue;
    }
    if (count < 0) return error_from_errno(shown_ + ": writing", errno);
    written += static_cast<size_t>(count);
  }
  return written;
}

std::optional<Error> OutputFile::append(std::string_view text) const {
  const auto written = write_all(text);
  return written.ok() ? std::nullopt : std::optional(written.error());
}

ErrorOr<size_t> OutputFile::commit(std::string_view text) {
  auto written = write_all(text);
  if (!written.ok() || own_descriptor() >= 0) return written;
  if (fsync(fd_.number()) != 0) return error_from_errno(shown_ + ": writing", errno);
  take_over_mode();
  if (temporary_.empty()) {
    if (auto error = give_name()) return *error;
  }
  if (renameat(place_.folder(), temporary_.c_str(), place_.folder(), place_.name().c_str()) != 0) {
    return error_from_errno(shown_ + ": renaming the finished file", errno);
  }
  temporary_.clear();
  return written;
}

}  // namespace daxlab
