#include "harness/check/pristine_regions.h"

#include <cstdlib>
#include <cstring>
#include <new>

#include "core/base/counters.h"
#include "core/region/region.h"
#include "harness/judges/garbage.h"

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

}  // namespace

struct PristineRegions::Region {
  std::vector<std::byte> image;
  AlignedMemory memory;
  PageRange garbage_blocks;
};

PristineRegions::PristineRegions() = default;
PristineRegions::~PristineRegions() = default;

ErrorOr<PristineRegions::Memory> PristineRegions::take(uint64_t region_bytes) {
  std::unique_ptr<Region>& region = regions_[region_bytes];
  if (region == nullptr) {
    if (region_bytes == 0 || region_bytes % page_bytes != 0) {
      return Error{"a region is a multiple of 4 KiB"};
    }
    auto made = std::make_unique<Region>();
    made->memory = make_memory(region_bytes);
    const std::span<std::byte> bytes(made->memory.get(), region_bytes);
    std::memset(bytes.data(), 0, bytes.size());
    Counters counters;
    auto formatted =
        daxlab::Region::format(Medium::over(bytes), counters, nullptr, RegionUuid::fixed);
    if (!formatted.ok()) return formatted.error();
    made->garbage_blocks = fill_free_blocks(bytes, seed);
    made->image.assign(bytes.begin(), bytes.end());
    region = std::move(made);
  }
  if (region->memory == nullptr) region->memory = make_memory(region_bytes);
  std::memcpy(region->memory.get(), region->image.data(), region_bytes);
  return Memory{{region->memory.get(), region_bytes}, seed, region->garbage_blocks};
}

void PristineRegions::give_up(uint64_t region_bytes) {
  given_up().push_back(std::move(regions_[region_bytes]->memory));
}

}  // namespace daxlab
