#include "core/region/space_reservation.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "core/base/errno_status.h"
#include "core/region/fsdax_file.h"

namespace daxlab {
namespace {

std::optional<Error> check_free_space(int descriptor, uint64_t needed_bytes,
                                      const std::string& path) {
  struct statvfs facts {};
  if (fstatvfs(descriptor, &facts) != 0 || facts.f_blocks == 0)
    return std::nullopt;  // says nothing
  const uint64_t free_bytes = uint64_t{facts.f_bavail} * facts.f_frsize;
  if (needed_bytes <= free_bytes) return std::nullopt;
  return Error{fmt::format("{}: needs {} bytes, its file system has {} free", path, needed_bytes,
                           free_bytes)};
}

// 0, or an errno.
int allocate(int descriptor, uint64_t length_bytes) {
  const auto length = static_cast<off_t>(length_bytes);
  int failed = 0;
  do {
    failed = fallocate(descriptor, 0, 0, length) == 0 ? 0 : errno;
  } while (failed == EINTR);
  // Some file systems cannot; the C library then writes zeros where there is nothing.
  return failed == EOPNOTSUPP ? posix_fallocate(descriptor, 0, length) : failed;
}

}  // namespace

// Before any space is taken: later, what has been read of a hole that got its space looks like
// data. None where the file system does not tell.
ErrorOr<std::vector<SpaceReservation::Hole>> SpaceReservation::holes_of(int descriptor,
                                                                        uint64_t end_bytes,
                                                                        const std::string& path) {
  constexpr size_t most_holes = size_t{1} << 22;
  std::vector<Hole> holes;
  const auto end = static_cast<off_t>(end_bytes);
  for (off_t data = 0; data < end;) {
    const off_t hole = lseek(descriptor, data, SEEK_HOLE);
    if (hole < 0 || hole >= end) break;
    data = lseek(descriptor, hole, SEEK_DATA);
    if (data < 0 && errno != ENXIO) return error_from_errno(path + ": finding its holes", errno);
    if (data < 0 || data > end) data = end;
    holes.push_back({static_cast<uint64_t>(hole), static_cast<uint64_t>(data - hole)});
    if (holes.size() == most_holes) {
      return Error{fmt::format("{}: has {} holes or more; copy it with cp --sparse=never", path,
                               most_holes)};
    }
  }
  return holes;
}

// What reserving will take, about: file systems keep books of their own besides.
uint64_t SpaceReservation::missing_bytes(const std::vector<Hole>& holes, int descriptor,
                                         uint64_t length_bytes) {
  constexpr uint64_t stat_block_bytes = 512;
  struct stat file {};
  if (fstat(descriptor, &file) != 0) return length_bytes;
  const auto file_bytes = static_cast<uint64_t>(file.st_size);
  const uint64_t held_bytes = static_cast<uint64_t>(file.st_blocks) * stat_block_bytes;
  const uint64_t not_held = length_bytes - std::min(held_bytes, length_bytes);
  uint64_t without_data = length_bytes - std::min(file_bytes, length_bytes);
  for (const Hole& hole : holes) without_data += hole.length_bytes;
  if (without_data == 0) return not_held;
  // Space that was never written has no data either, and is held. What the file holds behind these
  // bytes says nothing of them.
  return file_bytes > length_bytes ? without_data
                                   : std::min(without_data, std::max(not_held, uint64_t{1}));
}

ErrorOr<SpaceReservation> SpaceReservation::take(int descriptor, uint64_t length_bytes,
                                                 const std::string& path, bool written) {
  struct stat file {};
  if (fstat(descriptor, &file) != 0) return error_from_errno(path, errno);
  SpaceReservation taken;
  taken.before_bytes_ = static_cast<uint64_t>(file.st_size);
  auto holes = holes_of(descriptor, std::min(taken.before_bytes_, length_bytes), path);
  if (!holes.ok()) return holes.error();
  taken.holes_ = holes.take();
  const uint64_t missing = missing_bytes(taken.holes_, descriptor, length_bytes);
  if (missing != 0) {
    if (auto error = taken.reserve(descriptor, missing, length_bytes, path)) return *error;
  }
  if (written) {
    if (auto error = write_unwritten(descriptor, length_bytes, path)) return *error;
  }
  return taken;
}

std::optional<Error> SpaceReservation::reserve(int descriptor, uint64_t missing_bytes,
                                               uint64_t length_bytes, const std::string& path) {
  if (auto error = check_free_space(descriptor, missing_bytes, path)) return error;
  file_ = OwnedDescriptor(fcntl(descriptor, F_DUPFD_CLOEXEC, 0));
  if (!file_.is_open()) return error_from_errno(path, errno);
  // First its length, so that nothing lies behind its end that giving back could miss.
  if (before_bytes_ < length_bytes &&
      ftruncate(descriptor, static_cast<off_t>(length_bytes)) != 0) {
    return error_from_errno(fmt::format("{}: growing it to {} bytes", path, length_bytes), errno,
                            length_bytes);
  }
  if (const int failed = allocate(descriptor, length_bytes); failed != 0) {
    return error_from_errno(fmt::format("{}: reserving {} bytes", path, length_bytes), failed,
                            length_bytes);
  }
  return std::nullopt;
}

// What cannot be given back stays taken: of that nobody can be told any more.
SpaceReservation::~SpaceReservation() {
  const int file = file_.number();
  struct stat now {};
  if (!file_.is_open() || fstat(file, &now) != 0) return;
  [[maybe_unused]] int unused = 0;
  if (static_cast<uint64_t>(now.st_size) != before_bytes_) {
    unused = ftruncate(file, static_cast<off_t>(before_bytes_));
  }
  for (const Hole& hole : holes_) {
    unused =
        fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                  static_cast<off_t>(hole.offset_bytes), static_cast<off_t>(hole.length_bytes));
  }
}

}  // namespace daxlab
