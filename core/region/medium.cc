#include "core/region/medium.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/base/errno_status.h"
#include "core/base/process_limits.h"
#include "core/base/trusted_path.h"
#include "core/region/locked_place.h"
#include "core/region/medium_mapping.h"
#include "core/region/persist.h"
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

void write_back(std::span<std::byte> bytes) {
  Counters uncounted;
  Persist persist(uncounted);
  persist.flush(bytes.data(), bytes.size());  // no region yet
  persist.fence();                            // no region yet
}

}  // namespace

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
  auto bytes = map_medium(MediumKind::memfd, Access::read_write, descriptor.number(), size_bytes,
                          "region in a memfd");
  if (!bytes.ok()) return bytes.error();
  Medium medium(MediumKind::memfd, Access::read_write, std::move(descriptor), bytes.value(), {});
  if (auto error = fill_with_memory(bytes.value(), "region in a memfd")) return *error;
  return medium;
}

ErrorOr<Medium> Medium::open(const std::string& path, Access access,
                             std::optional<MediumKind> wanted) {
  auto locked = open_locked(path, access == Access::read_write ? O_RDWR : O_RDONLY, access, wanted);
  if (!locked.ok()) return locked.error();
  OwnedDescriptor descriptor = std::move(locked.value().descriptor);
  const auto found = medium_of(descriptor.number(), path, access, wanted);
  if (!found.ok()) return found.error();
  const auto [kind, size_bytes] = found.value();
  if (size_bytes == 0) return Medium(kind, access, std::move(descriptor), {}, path);
  auto bytes = map_medium(kind, access, descriptor.number(), size_bytes, path);
  if (!bytes.ok()) return bytes.error();
  return Medium(kind, access, std::move(descriptor), bytes.value(), path);
}

// Locked and as large as it is to be before it has a name: nobody ever finds it empty.
ErrorOr<Medium> Medium::create_file(const std::string& path, uint64_t size_bytes,
                                    std::optional<MediumKind> wanted) {
  if (auto error = check_region_size(size_bytes)) return *error;
  const auto place = PathEnd::find(path);
  if (!place.ok()) return place.error();
  if (place.value().is_there()) return error_from_errno(path, EEXIST);
  OwnedDescriptor nameless(
      openat(place.value().folder(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, owner_only));
  if (!nameless.is_open()) return create_named_file(path, size_bytes, wanted);
  if (auto error = lock(nameless.number(), Access::read_write, path)) return *error;
  const auto kind = kind_of_file(nameless.number(), path, wanted);
  if (!kind.ok()) return kind.error();
  Medium made(kind.value(), Access::read_write, std::move(nameless), {}, path);
  if (auto error = made.empty(size_bytes)) return *error;
  const std::string file = name_of_descriptor(made.descriptor());
  if (linkat(AT_FDCWD, file.c_str(), place.value().folder(), place.value().name().c_str(),
             AT_SYMLINK_FOLLOW) != 0) {
    return error_from_errno(path, errno);
  }
  if (made.kind() == MediumKind::fsdax &&
      fsync(made.descriptor()) != 0) {  // its name lasts as it does
    const Error error = error_from_errno(path + ": making it durable", errno);
    const auto named = PathEnd::find(path);
    if (named.ok() && named.value().is_there()) named.value().unlink(made.descriptor());
    return error;
  }
  return made;
}

// Where the file system has no files without a name. Between its making and its lock the file is
// there for others to lock and to fill: who finds it locked or filled leaves it to them.
ErrorOr<Medium> Medium::create_named_file(const std::string& path, uint64_t size_bytes,
                                          std::optional<MediumKind> wanted) {
  auto locked = open_locked(path, O_RDWR | O_CREAT | O_EXCL, Access::read_write, wanted);
  if (!locked.ok()) return locked.error();
  const PathEnd& place = locked.value().place;
  OwnedDescriptor descriptor = std::move(locked.value().descriptor);
  struct stat status {};
  if (fstat(descriptor.number(), &status) != 0) return error_from_errno(path, errno);
  if (status.st_size != 0) return error_from_errno(path, EEXIST);
  // Ours since it is empty and locked, and no region.
  const auto given_back = [&](const Error& error, int file) {
    place.unlink(file);
    return error;
  };
  const auto kind = kind_of_file(descriptor.number(), path, wanted);
  if (!kind.ok()) return given_back(kind.error(), descriptor.number());
  Medium made(kind.value(), Access::read_write, std::move(descriptor), {}, path);
  if (auto error = made.empty(size_bytes)) return given_back(*error, made.descriptor());
  return made;
}

ErrorOr<Medium> Medium::emptied(uint64_t size_bytes, const BadBlocks& bad) && {
  assert(has_path(kind_) && access_ == Access::read_write);
  if (auto error = check_region_size(size_bytes)) return *error;
  if (auto error = empty(size_bytes, bad)) return *error;
  return std::move(*this);
}

// What can fail comes first. Then the superblocks go before anything else does: cut short, also by
// a loss of power, this leaves no region, and never an old one with empty tables.
std::optional<Error> Medium::empty(uint64_t size_bytes, const BadBlocks& bad) {
  const uint64_t before_bytes = bytes_.size();
  auto failed = kind_ == MediumKind::devdax ? cut_device(size_bytes, bad) : resize_file(size_bytes);
  if (failed) return failed;
  const auto old = bytes_.first(std::min(before_bytes, size_bytes));
  if (const uint64_t blocks = old.size() / block_bytes; blocks > 0) {
    forget_superblock(0, bad);
    forget_superblock(blocks - 1, bad);
  }
  for (uint64_t start = 0; start < old.size();) {
    const uint64_t block = start / block_bytes;
    const uint64_t end = bad.first_in({block, old.size() / block_bytes + 1 - block}) * block_bytes;
    const auto good = old.subspan(start, std::min<uint64_t>(end, old.size()) - start);
    std::memset(good.data(), 0, good.size());
    start = end + block_bytes;
  }
  return std::nullopt;
}

// Without the first one, a copy is looked for in the last block alone.
void Medium::forget_superblock(uint64_t block, const BadBlocks& bad) {
  if (bad.has(block)) return;
  const auto there = bytes_.subspan(block * block_bytes, block_bytes);
  std::memset(there.data(), 0, there.size());
  std::atomic_signal_fence(std::memory_order_seq_cst);  // what a process that is killed has done
  if (is_dax(kind_)) write_back(there);
}

std::optional<Error> Medium::resize_file(uint64_t size_bytes) {
  const uint64_t before_bytes = bytes_.size();
  if (size_bytes > before_bytes) {
    if (auto error = check_file_limit(size_bytes, path_)) return error;
  }
  auto space = SpaceReservation::take(descriptor(), size_bytes, path_, is_dax(kind_));
  if (!space.ok()) return Error{space.error().message + "; free some, or make the region smaller"};
  auto bytes = map_medium(kind_, access_, descriptor(), size_bytes, path_);
  if (!bytes.ok()) return bytes.error();
  unmap();
  bytes_ = bytes.value();
  if (!is_dax(kind_)) {
    if (auto error = fill_with_memory(bytes_, path_)) return *error;
  }
  if (before_bytes > size_bytes && ftruncate(descriptor(), static_cast<off_t>(size_bytes)) != 0) {
    return error_from_errno(fmt::format("{}: cutting it to {} bytes", path_, size_bytes), errno);
  }
  if (kind_ == MediumKind::fsdax && fsync(descriptor()) != 0) {  // before a store waits for it
    return error_from_errno(path_ + ": making it durable", errno);
  }
  space.value().keep();
  return std::nullopt;
}

// A copy of the superblock at the device's end, of a region that had all of it, would be believed
// once the new region's first superblock is damaged.
std::optional<Error> Medium::cut_device(uint64_t size_bytes, const BadBlocks& bad) {
  if (size_bytes > bytes_.size()) {
    return Error{
        fmt::format("{}: the device has {} bytes, a region of {} was asked for; ask for "
                    "no more than it has",
                    path_, bytes_.size(), size_bytes)};
  }
  const uint64_t last = bytes_.size() / block_bytes - 1;
  const auto copy = bytes_.subspan(last * block_bytes, block_bytes);
  if (!bad.has(last) && looks_like_region(copy)) forget_superblock(last, bad);
  const auto rest = bytes_.subspan(size_bytes);
  if (!rest.empty()) munmap(rest.data(), rest.size());
  bytes_ = bytes_.first(size_bytes);
  return std::nullopt;
}

std::optional<Error> Medium::keep_stores_here(uint64_t block) {
  assert(kind_ == MediumKind::devdax && access_ == Access::read_only);
  const auto there = bytes_.subspan(block * block_bytes, block_bytes);
  const std::vector<std::byte> kept(there.begin(), there.end());
  if (mmap(there.data(), there.size(), PROT_READ | PROT_WRITE,
           MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) {
    return error_from_errno(path_ + ": keeping a block of it in memory", errno);
  }
  std::memcpy(there.data(), kept.data(), kept.size());
  return std::nullopt;
}

int Medium::map_flags() const { return shared_mapping_flags(kind_); }

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
