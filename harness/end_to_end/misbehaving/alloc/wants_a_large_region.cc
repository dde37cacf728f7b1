// Starts on no region of less than 64 MiB, and does nothing on others.
#include <cstdint>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class WantsALargeRegion final : public Allocator {
 public:
  WantsALargeRegion(Host&, const OptionValues&) {}
  Status init(Geometry geometry) noexcept override {
    constexpr uint64_t least_blocks = (uint64_t{60} << 20) / block_bytes;
    if (geometry.end_block - geometry.first_block < least_blocks) return ErrorCode::no_memory;
    return {};
  }
  Status mark_used(Extent) noexcept override { return {}; }
  Result<Extent> allocate(const AllocationRequest&) noexcept override {
    return ErrorCode::no_space;
  }
  void free(Extent) noexcept override {}
  FreeSpace free_space() const noexcept override { return {0, 0}; }
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(wants_a_large_region, WantsALargeRegion, "starts on large regions only",
                    no_options, PluginFlags::none);
