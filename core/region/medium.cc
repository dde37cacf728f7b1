#include "core/region/medium.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>

#include "core/base/errno_status.h"
#include "core/base/process_limits.h"
#include "core/base/trusted_path.h"
#include "core/region/space_reservation.h"
#include "core/region/superblock.h"

namespace daxlab {
namespace {

// What the kernel can give without swapping; no limit where it does not say.
uint64_t available_memory_bytes() {
  std::ifstream file("/proc/meminfo");
  for (std::string word; file >> word;) {
    uint64_t kibibytes = 0;
    if (word == "MemAvailable:" && file >> kibibytes) return kibibytes * 1024;
  }
  return UINT64_MAX;
}

// A private mapping keeps stores in this process.
ErrorOr<std::span<std::byte>> map_bytes(int descriptor, uint64_t size_bytes, Access access,
                                        const std::string& what) {
  int sharing = access == Access::read_write ? MAP_SHARED : MAP_PRIVATE | MAP_NORESERVE;
  void* base = mmap(nullptr, size_bytes, PROT_READ | PROT_WRITE, sharing, descriptor, 0);
  if (base == MAP_FAILED) {
    return error_from_errno(fmt::format("{}: mapping {} bytes", what, size_bytes), errno,
                            size_bytes);
  }
  return std::span(static_cast<std::byte*>(base), size_bytes);
}

// The lock goes with the descriptor. One writer, or any number of readers.
std::optional<Error> lock(int descriptor, Access access, const std::string& path) {
  if (flock(descriptor, (access == Access::read_write ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0) {
    return std::nullopt;
  }
  if (errno != EWOULDBLOCK) return error_from_errno(fmt::format("{}: locking it", path), errno);
  return Error{
      fmt::format("{}: in use by another process; wait for it or end it, then try again", path)};
}

constexpr mode_t owner_only = 0600;

// The file and where it is.
struct LockedFile {
  OwnedDescriptor descriptor;
  PathEnd place;
};

Error not_plain(const std::string& path) {
  return {fmt::format("{}: not a plain file; give the path of one", path)};
}

// It may have been removed, and made anew, before it was locked: then again.
ErrorOr<LockedFile> open_locked(const std::string& path, int flags, Access access) {
  constexpr int most_tries = 100;
  for (int i = 0; i < most_tries; ++i) {
    auto place = PathEnd::find(path);
    if (!place.ok()) return place.error();
    if (place.value().is_there() && !S_ISREG(place.value().status().st_mode)) {
      return not_plain(path);  // opening it might do something
    }
    OwnedDescriptor descriptor = place.value().open(flags, owner_only);
    if (!descriptor.is_open()) return error_from_errno(path, errno);
    if (auto error = lock(descriptor.number(), access, path)) return *error;
    const auto now = PathEnd::find(path);
    if (now.ok() && now.value().is(descriptor.number())) {
      return LockedFile{std::move(descriptor), place.take()};
    }
  }
  return Error{fmt::format("{}: others keep replacing it; end them, then try again", path)};
}

std::optional<Error> check_regular_file(int descriptor, const std::string& path,
                                        uint64_t* size_bytes) {
  struct stat status;
  if (fstat(descriptor, &status) != 0) return error_from_errno(path, errno);
  *size_bytes = static_cast<uint64_t>(status.st_size);
  if (S_ISREG(status.st_mode)) return std::nullopt;
  return not_plain(path);
}

// Asked before: the kernel would send SIGXFSZ, and no space that is freed would help.
std::optional<Error> check_file_limit(uint64_t size_bytes, const std::string& what) {
  const auto limit = process_limits().file_bytes;
  if (!limit || size_bytes <= *limit) return std::nullopt;
  return error_from_errno(fmt::format("{}: growing it to {} bytes", what, size_bytes), EFBIG,
                          size_bytes);
}

// An NVDIMM's memory is there from the start: the first store to a block must not pay for it here.
std::optional<Error> fill_with_memory(std::span<std::byte> bytes, const std::string& what) {
  if (madvise(bytes.data(), bytes.size(), MADV_POPULATE_WRITE) == 0) return std::nullopt;
  return error_from_errno(fmt::format("{}: filling {} bytes with memory", what, bytes.size()),
                          errno);
}

}  // namespace

const char* name_of(MediumKind kind) noexcept {
  return kind == MediumKind::memfd ? "memfd" : "file";
}

ErrorOr<Medium> Medium::make_memfd(uint64_t size_bytes) {
  if (auto error = check_region_size(size_bytes)) return *error;
  if (uint64_t available = available_memory_bytes(); size_bytes > available) {
    return Error{fmt::format(
        "region size of {} bytes: emulated in memory, of which {} bytes are available; give less",
        size_bytes, available)};
  }
  if (auto error = check_file_limit(size_bytes, "region in a memfd")) return *error;
  OwnedDescriptor descriptor(memfd_create("daxlab-region", MFD_CLOEXEC));
  if (!descriptor.is_open()) return error_from_errno("memfd_create for a region", errno);
  if (ftruncate(descriptor.number(), static_cast<off_t>(size_bytes)) != 0) {
    return error_from_errno(fmt::format("growing a region to {} bytes", size_bytes), errno,
                            size_bytes);
  }
  auto bytes = map_bytes(descriptor.number(), size_bytes, Access::read_write, "region in a memfd");
  if (!bytes.ok()) return bytes.error();
  Medium medium(MediumKind::memfd, Access::read_write, std::move(descriptor), bytes.value(), {});
  if (auto error = fill_with_memory(bytes.value(), "region in a memfd")) return *error;
  return medium;
}

ErrorOr<Medium> Medium::open_file(const std::string& path, Access access) {
  auto locked = open_locked(path, access == Access::read_write ? O_RDWR : O_RDONLY, access);
  if (!locked.ok()) return locked.error();
  OwnedDescriptor descriptor = std::move(locked.value().descriptor);
  uint64_t size_bytes = 0;  // from here on nobody changes it who keeps the lock
  if (auto error = check_regular_file(descriptor.number(), path, &size_bytes)) {
    return *error;
  }
  if (size_bytes == 0) return Medium(MediumKind::file, access, std::move(descriptor), {}, path);
  auto bytes = map_bytes(descriptor.number(), size_bytes, access, path);
  if (!bytes.ok()) return bytes.error();
  return Medium(MediumKind::file, access, std::move(descriptor), bytes.value(), path);
}

// Locked and as large as it is to be before it has a name: nobody ever finds it empty.
ErrorOr<Medium> Medium::create_file(const std::string& path, uint64_t size_bytes) {
  if (auto error = check_region_size(size_bytes)) return *error;
  const auto place = PathEnd::find(path);
  if (!place.ok()) return place.error();
  if (place.value().is_there()) return error_from_errno(path, EEXIST);
  OwnedDescriptor nameless(
      openat(place.value().folder(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, owner_only));
  if (!nameless.is_open()) return create_named_file(path, size_bytes);
  if (auto error = lock(nameless.number(), Access::read_write, path)) return *error;
  Medium made(MediumKind::file, Access::read_write, std::move(nameless), {}, path);
  if (auto error = made.empty(size_bytes)) return *error;
  const std::string file = name_of_descriptor(made.descriptor());
  if (linkat(AT_FDCWD, file.c_str(), place.value().folder(), place.value().name().c_str(),
             AT_SYMLINK_FOLLOW) != 0) {
    return error_from_errno(path, errno);
  }
  return made;
}

// Where the file system has no files without a name. Between its making and its lock the file is
// there for others to lock and to fill: who finds it locked or filled leaves it to them.
ErrorOr<Medium> Medium::create_named_file(const std::string& path, uint64_t size_bytes) {
  auto locked = open_locked(path, O_RDWR | O_CREAT | O_EXCL, Access::read_write);
  if (!locked.ok()) return locked.error();
  const PathEnd& place = locked.value().place;
  OwnedDescriptor descriptor = std::move(locked.value().descriptor);
  uint64_t there_bytes = 0;
  if (auto error = check_regular_file(descriptor.number(), path, &there_bytes)) {
    return *error;
  }
  if (there_bytes != 0) return error_from_errno(path, EEXIST);
  Medium made(MediumKind::file, Access::read_write, std::move(descriptor), {}, path);
  if (auto error = made.empty(size_bytes)) {
    place.unlink(made.descriptor());  // ours since it was empty and locked, and no region
    return *error;
  }
  return made;
}

ErrorOr<Medium> Medium::emptied(uint64_t size_bytes) && {
  assert(kind_ == MediumKind::file && access_ == Access::read_write);
  if (auto error = check_region_size(size_bytes)) return *error;
  if (auto error = empty(size_bytes)) return *error;
  return std::move(*this);
}

// What can fail comes first. Then the superblocks go before anything else does: cut short, this
// leaves no region, and never an old one with empty tables.
std::optional<Error> Medium::empty(uint64_t size_bytes) {
  const uint64_t before_bytes = bytes_.size();
  if (size_bytes > before_bytes) {
    if (auto error = check_file_limit(size_bytes, path_)) return error;
  }
  auto space = SpaceReservation::take(descriptor(), size_bytes, path_);
  if (!space.ok()) return Error{space.error().message + "; free some, or make the region smaller"};
  auto bytes = map_bytes(descriptor(), size_bytes, access_, path_);
  if (!bytes.ok()) return bytes.error();
  unmap();
  bytes_ = bytes.value();
  if (auto error = fill_with_memory(bytes_, path_)) return *error;
  if (before_bytes > size_bytes && ftruncate(descriptor(), static_cast<off_t>(size_bytes)) != 0) {
    return error_from_errno(fmt::format("{}: cutting it to {} bytes", path_, size_bytes), errno);
  }
  space.value().keep();
  const auto old = bytes_.first(std::min(before_bytes, size_bytes));
  forget_superblocks(old);
  std::memset(old.data(), 0, old.size());
  return std::nullopt;
}

Medium Medium::over(std::span<std::byte> memory) noexcept {
  return Medium(MediumKind::memfd, Access::read_write, OwnedDescriptor(), memory, {});
}

Medium::Medium(Medium&& other) noexcept
    : kind_(other.kind_),
      access_(other.access_),
      descriptor_(std::move(other.descriptor_)),
      bytes_(std::exchange(other.bytes_, {})),
      path_(std::move(other.path_)) {}

Medium::~Medium() { unmap(); }

// Memory without a descriptor is the caller's.
void Medium::unmap() {
  if (descriptor_.is_open() && !bytes_.empty()) munmap(bytes_.data(), bytes_.size());
  bytes_ = {};
}

}  // namespace daxlab
