#include "harness/check/pristine_regions.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "core/base/counters.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "core/region/region.h"
#include "harness/crash/garbage.h"

namespace daxlab {
namespace {

constexpr uint64_t seed = 1;

struct FreeMemory {
  void operator()(std::byte* memory) const { std::free(memory); }
};
using AlignedMemory = std::unique_ptr<std::byte, FreeMemory>;

AlignedMemory make_memory(uint64_t length_bytes) {
  auto* memory = static_cast<std::byte*>(std::aligned_alloc(page_bytes, length_bytes));
  if (memory == nullptr) throw std::bad_alloc();
  return AlignedMemory(memory);
}

// Of labs that were given up: still pointed to, and so not lost.
std::vector<AlignedMemory>& given_up() {
  static auto* memories = new std::vector<AlignedMemory>;
  return *memories;
}

struct Blocks final : NodeSource {
  explicit Blocks(uint64_t first) : next(first) {}
  Result<uint64_t> take_node() noexcept override { return next++; }
  uint64_t next;
};

// Every other of a few blocks, so that an allocator that forgets one meets it soon.
std::optional<Error> keep_file(Region& region) {
  constexpr uint64_t pages = 3;
  const auto error_of = [](ErrorCode code) {
    return Error{std::string("a file that is kept: ") + describe(code)};
  };
  InodeTable inodes(region);
  const Result<uint32_t> inode = inodes.create("kept");
  if (!inode.ok()) return error_of(inode.code());
  Blocks nodes(region.first_data_block());
  BlockMap map(region, inodes.inode(inode.value()));
  for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
    const uint64_t block = region.first_data_block() + 2 + 2 * pgoff;
    uint64_t published = 0;
    const Status status = map.publish(pgoff, {block, 1}, nodes, &published);
    if (!status.ok()) return error_of(status.code());
  }
  inodes.set_size(inode.value(), pages * page_bytes);
  return std::nullopt;
}

}  // namespace

struct PristineRegions::PristineRegion {
  std::vector<std::byte> image;
  AlignedMemory memory;
  PageRange garbage_blocks;
};

PristineRegions::PristineRegions() = default;
PristineRegions::~PristineRegions() = default;

ErrorOr<PristineRegions::Memory> PristineRegions::take(uint64_t region_bytes, Files files) {
  std::unique_ptr<PristineRegion>& region = regions_[{region_bytes, files}];
  if (region == nullptr) {
    if (region_bytes == 0 || region_bytes % page_bytes != 0) {
      return Error{"a region is a multiple of 4 KiB"};
    }
    auto made = std::make_unique<PristineRegion>();
    made->memory = make_memory(region_bytes);
    const std::span<std::byte> bytes(made->memory.get(), region_bytes);
    std::memset(bytes.data(), 0, bytes.size());
    Counters counters;
    auto formatted = Region::format(Medium::over(bytes), counters, nullptr, RegionUuid::fixed);
    if (!formatted.ok()) return formatted.error();
    made->garbage_blocks = fill_free_blocks(bytes, seed);
    if (files == Files::one) {
      if (auto error = keep_file(*formatted.value())) return *error;
    }
    made->image.assign(bytes.begin(), bytes.end());
    region = std::move(made);
  }
  if (region->memory == nullptr) region->memory = make_memory(region_bytes);
  std::memcpy(region->memory.get(), region->image.data(), region_bytes);
  return Memory{{region->memory.get(), region_bytes}, seed, region->garbage_blocks};
}

void PristineRegions::give_up(uint64_t region_bytes, Files files) {
  given_up().push_back(std::move(regions_[{region_bytes, files}]->memory));
}

}  // namespace daxlab
