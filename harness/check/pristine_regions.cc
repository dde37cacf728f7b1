#include "harness/check/pristine_regions.h"

#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

#include "core/base/counters.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "core/region/region.h"
#include "harness/check/keep_for_ever.h"
#include "harness/crash/garbage.h"
#include "harness/histories/history.h"

namespace daxlab {
namespace {

constexpr uint64_t garbage_seed = 1;

struct Blocks final : NodeSource {
  explicit Blocks(uint64_t first) : next(first) {}
  Result<uint64_t> take_node() noexcept override { return next++; }
  uint64_t next;
};

constexpr uint64_t kept_pages = 3;

// Every other of a few blocks.
uint64_t kept_block(const Region& region, uint64_t pgoff) {
  return region.first_data_block() + 2 + 2 * pgoff;
}

std::optional<Error> keep_file(Region& region, const std::string& name) {
  const auto error_of = [](ErrorCode code) {
    return Error{std::string("a file that is kept: ") + describe(code)};
  };
  InodeTable inodes(region);
  const Result<uint32_t> inode = inodes.create(name);
  if (!inode.ok()) return error_of(inode.code());
  Blocks nodes(region.first_data_block());
  BlockMap map(region, inodes.inode(inode.value()));
  const std::vector<std::byte> bytes =
      written_bytes(PristineRegions::kept_value, kept_pages * page_bytes);
  for (uint64_t pgoff = 0; pgoff < kept_pages; ++pgoff) {
    const uint64_t block = kept_block(region, pgoff);
    std::memcpy(region.address_of(block), &bytes[pgoff * page_bytes], page_bytes);
    uint64_t published = 0;
    const Status status = map.publish(pgoff, {block, 1}, nodes, &published);
    if (!status.ok()) return error_of(status.code());
  }
  inodes.set_size(inode.value(), kept_pages * page_bytes);
  return std::nullopt;
}

}  // namespace

struct PristineRegions::PristineRegion {
  struct Free {
    void operator()(std::byte* bytes) const { std::free(bytes); }
  };
  using AlignedMemory = std::unique_ptr<std::byte, Free>;
  static AlignedMemory make_memory(uint64_t length_bytes) {
    auto* memory = static_cast<std::byte*>(std::aligned_alloc(page_bytes, length_bytes));
    if (memory == nullptr) throw std::bad_alloc();
    return AlignedMemory(memory);
  }

  std::vector<std::byte> image;
  AlignedMemory memory;
  PageRange garbage_blocks;
  std::vector<uint64_t> kept_blocks;
};

PristineRegions::PristineRegions() = default;
PristineRegions::~PristineRegions() = default;

ErrorOr<PristineRegions::Memory> PristineRegions::take(uint64_t region_bytes,
                                                       const std::string& kept_name) {
  std::unique_ptr<PristineRegion>& region = regions_[{region_bytes, kept_name}];
  if (region == nullptr) {
    if (region_bytes == 0 || region_bytes % page_bytes != 0) {
      return Error{"a region is a multiple of 4 KiB"};
    }
    auto made = std::make_unique<PristineRegion>();
    made->memory = PristineRegion::make_memory(region_bytes);
    const std::span<std::byte> bytes(made->memory.get(), region_bytes);
    std::memset(bytes.data(), 0, bytes.size());
    Counters counters;
    auto formatted = Region::format(Medium::over(bytes), counters, nullptr, RegionUuid::fixed);
    if (!formatted.ok()) return formatted.error();
    made->garbage_blocks = fill_free_blocks(bytes, garbage_seed);
    if (!kept_name.empty()) {
      const Region& kept_in = *formatted.value();
      if (auto error = keep_file(*formatted.value(), kept_name)) return *error;
      for (uint64_t pgoff = 0; pgoff < kept_pages; ++pgoff) {
        made->kept_blocks.push_back(kept_block(kept_in, pgoff));
      }
    }
    made->image.assign(bytes.begin(), bytes.end());
    region = std::move(made);
  }
  if (region->memory == nullptr) region->memory = PristineRegion::make_memory(region_bytes);
  std::memcpy(region->memory.get(), region->image.data(), region_bytes);
  return Memory{{region->memory.get(), region_bytes},
                garbage_seed,
                region->garbage_blocks,
                region->kept_blocks};
}

void PristineRegions::give_up(uint64_t region_bytes, const std::string& kept_name) {
  keep_for_ever(std::move(regions_[{region_bytes, kept_name}]->memory));
}

}  // namespace daxlab
