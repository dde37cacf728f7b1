#include "harness/crash/life_after_recovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string>

#include "core/dax/dax_file_system.h"
#include "core/engine/simulator/simulated_address_space.h"
#include "core/recovery/region_check.h"
#include "daxlab/alloc.h"

namespace daxlab {
namespace {

constexpr const char* new_name = "made after the crash";

// The lowest free block, so that blocks that a crash left behind are the first to be used again.
class LowestBlock final : public Allocator {
 public:
  Status init(Geometry geometry) noexcept override {
    taken_.assign(geometry.end_block, false);
    std::fill_n(taken_.begin(), geometry.first_block, true);
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    set(extent, true);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest&) noexcept override {
    const auto found = std::ranges::find(taken_, false);
    if (found == taken_.end()) return ErrorCode::no_space;
    *found = true;
    return Extent{static_cast<uint64_t>(found - taken_.begin()), 1};
  }
  void free(Extent extent) noexcept override { set(extent, false); }
  FreeSpace free_space() const noexcept override {
    return {static_cast<uint64_t>(std::ranges::count(taken_, false)), 1};
  }

 private:
  void set(Extent extent, bool taken) {
    std::fill_n(taken_.begin() + static_cast<ptrdiff_t>(extent.block), extent.blocks, taken);
  }
  std::vector<bool> taken_;
};

// Nothing is mapped here.
class NoFaults final : public FaultStrategy {
 public:
  HoleBacking hole_backing() const noexcept override { return HoleBacking::trap; }
  FaultResult fault(const Fault&, FaultOps&) noexcept override { return FaultResult::sigbus; }
  FaultResult page_mkwrite(const Fault&, FaultOps&) noexcept override {
    return FaultResult::sigbus;
  }
  void before_fill(PageRange, FaultOps&) noexcept override {}
  void after_punch(PageRange, FaultOps&) noexcept override {}
};

class InPlaceWrites final : public WriteStrategy {
 public:
  uint64_t max_write_bytes() const noexcept override { return UINT64_MAX; }
  Result<uint64_t> write(ByteRange range, WriteOps& ops) noexcept override {
    if (ops.reserve(range, Staging::in_place) < range.length_bytes) return ErrorCode::no_space;
    if (Status status = ops.copy(range); !status.ok()) return status.code();
    if (Status status = ops.publish(range); !status.ok()) return status.code();
    return range.length_bytes;
  }
};

using Bytes = std::vector<std::byte>;

Bytes read(File& file, ByteRange range) {
  Bytes bytes(range.length_bytes);
  const auto count = file.read(range.offset_bytes, bytes);
  bytes.resize(count.ok() ? count.value() : 0);
  return bytes;
}

class Life {
 public:
  Life(Region& region, uint64_t seed) : region_(region), seed_(seed) {}

  std::optional<CrashFinding> live(const std::vector<Extent>& used) {
    auto allocator =
        BlockAllocator::open(lowest_, true, region_, used, counters_, calls_, failures_);
    if (!allocator.ok()) return broken(Promise::accounting, allocator.error().message);
    allocator_ = allocator.take();
    DaxFileSystem files(parts());
    std::optional<CrashFinding> finding;
    for (uint32_t number : inodes_.taken()) {
      if (!finding) finding = grow(files, std::string(name_in(inodes_.inode(number))));
    }
    if (!finding) finding = make_new(files);
    if (!finding) finding = check();
    if (finding) finding->text = "going on after the recovery: " + finding->text;
    return finding;
  }

 private:
  static CrashFinding broken(Promise promise, std::string text) {
    return {promise, std::move(text)};
  }
  DaxParts parts() {
    return {.region = region_,
            .inodes = inodes_,
            .log = log_,
            .allocator = *allocator_,
            .addresses = addresses_,
            .room = room_,
            .fault = faults_,
            .hole_backing = HoleBacking::trap,
            .write = writes_,
            .max_write_bytes = writes_.max_write_bytes(),
            .zero_pages = zero_pages_,
            .dirty = dirty_,
            .counters = counters_,
            .calls = calls_,
            .failures = failures_};
  }

  std::optional<CrashFinding> grow(FileSystem& files, const std::string& name);
  Status grow_somehow(File& file, uint64_t& zeros_from, uint64_t& zeros_to);
  std::optional<CrashFinding> make_new(FileSystem& files);
  std::optional<CrashFinding> check();
  static std::optional<CrashFinding> not_zeros(File& file, ByteRange range, const std::string& name,
                                               const char* how);

  Region& region_;
  uint64_t seed_;
  const char* how_ = "";
  Counters counters_;
  CallLog calls_;
  FailureLog failures_;
  LowestBlock lowest_;
  NoFaults faults_;
  InPlaceWrites writes_;
  ZeroPages zero_pages_;
  InodeTable inodes_{region_};
  RedoLog log_{region_};
  DirtyBlocks dirty_{region_.blocks()};
  SimulatedAddressSpace addresses_{region_};
  MappingRoom room_{addresses_, counters_, UINT64_MAX};
  std::unique_ptr<BlockAllocator> allocator_;
};

std::optional<CrashFinding> Life::not_zeros(File& file, ByteRange range, const std::string& name,
                                            const char* how) {
  const Bytes bytes = read(file, range);
  if (bytes.size() != range.length_bytes) {
    return broken(Promise::size, fmt::format("{}, {}: reading {} bytes at {} gives {}", name, how,
                                             range.length_bytes, range.offset_bytes, bytes.size()));
  }
  static constexpr std::array<std::byte, 4 * page_bytes> zeros{};
  if (bytes.size() <= zeros.size() && std::memcmp(bytes.data(), zeros.data(), bytes.size()) == 0) {
    return std::nullopt;
  }
  const auto found =
      std::ranges::find_if(bytes, [](std::byte byte) { return byte != std::byte{}; });
  if (found == bytes.end()) return std::nullopt;
  return broken(Promise::isolation,
                fmt::format("{}, {}: offset {}: seen {:#x}, legal 0x0, as nobody wrote it", name,
                            how, range.offset_bytes + static_cast<uint64_t>(found - bytes.begin()),
                            static_cast<unsigned>(*found)));
}

// Two pages behind the one in which the file ends are enough to look at.
Status Life::grow_somehow(File& file, uint64_t& zeros_from, uint64_t& zeros_to) {
  const uint64_t size = file.size_bytes();
  const uint64_t page = size / page_bytes * page_bytes;
  zeros_from = size;
  zeros_to = page + 2 * page_bytes;
  switch (seed_++ % 5) {
    case 0:
      how_ = "grown by truncate";
      return file.truncate(zeros_to);
    case 1:
      how_ = "grown by preallocate";
      return file.preallocate({page, 2 * page_bytes});
    case 2: {  // into the same page, if there is room, so that it brings back what stands between
      how_ = "grown by a write behind the end";
      const std::byte byte{1};
      zeros_to = size + (page + page_bytes - size) / 2 + 1;
      const auto written = file.write(zeros_to, {&byte, 1});
      return written.ok() ? Status() : written.status();
    }
    case 3: {
      how_ = "grown by a write to the next page";
      const std::byte byte{1};
      const auto written = file.write(zeros_to, {&byte, 1});
      return written.ok() ? Status() : written.status();
    }
    default:
      how_ = "cut and grown by truncate";
      zeros_from = size - std::min<uint64_t>(size, 100);
      if (Status status = file.truncate(zeros_from); !status.ok()) return status;
      return file.truncate(zeros_to);
  }
}

std::optional<CrashFinding> Life::grow(FileSystem& files, const std::string& name) {
  auto opened = files.open(name);
  if (!opened.ok()) return broken(Promise::opening, name + " cannot be opened");
  File& file = *opened.value();
  const uint64_t size = file.size_bytes();
  if (size / page_bytes + 2 > max_file_pages) return std::nullopt;
  const uint64_t page = size / page_bytes * page_bytes;
  const Bytes before = read(file, {page, size - page});
  uint64_t zeros_from = size, zeros_to = size;
  const Status status = grow_somehow(file, zeros_from, zeros_to);
  if (status.code() == ErrorCode::no_space) return std::nullopt;
  if (!status.ok()) return broken(Promise::opening, fmt::format("{} cannot be {}", name, how_));
  const uint64_t kept = std::min(size, zeros_from);
  if (kept > page) {
    const Bytes now = read(file, {page, kept - page});
    if (!std::equal(now.begin(), now.end(), before.begin(),
                    before.begin() + static_cast<ptrdiff_t>(kept - page))) {
      return broken(Promise::durability,
                    fmt::format("{}, {}: what stands before {} has changed", name, how_, kept));
    }
  }
  return not_zeros(file, {zeros_from, zeros_to - zeros_from}, name, how_);
}

std::optional<CrashFinding> Life::make_new(FileSystem& files) {
  auto created = files.create(new_name);
  if (created.code() == ErrorCode::no_space) return std::nullopt;
  if (!created.ok()) return broken(Promise::opening, "no new file can be made");
  {
    File& file = *created.value();
    if (file.size_bytes() != 0) {
      return broken(Promise::isolation,
                    fmt::format("a new file is {} bytes long", file.size_bytes()));
    }
    const ByteRange pages{0, 2 * page_bytes};
    const bool has_blocks = file.preallocate(pages).ok();
    if (!has_blocks && !file.truncate(pages.length_bytes).ok()) {
      return broken(Promise::opening, "a new file cannot be grown");
    }
    if (auto finding = not_zeros(file, pages, "a new file",
                                 has_blocks ? "grown by preallocate" : "grown by truncate")) {
      return finding;
    }
  }
  if (files.unlink(new_name).ok()) return std::nullopt;
  return broken(Promise::opening, "a new file cannot be removed");
}

std::optional<CrashFinding> Life::check() {
  if (auto failure = failures_.message()) return broken(Promise::accounting, *failure);
  std::optional<CrashFinding> finding;
  check_region(region_, [&](const Problem& problem) {
    if (!finding) finding = broken(Promise::opening, problem.where + ": " + problem.what);
  });
  return finding;
}

}  // namespace

std::optional<CrashFinding> live_on(Region& region, const std::vector<Extent>& used,
                                    uint64_t seed) {
  return Life(region, seed).live(used);
}

}  // namespace daxlab
