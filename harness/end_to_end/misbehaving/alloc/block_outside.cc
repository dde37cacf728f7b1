// Hands out the first block behind the region.
#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class BlockOutside final : public Allocator {
 public:
  BlockOutside(Host&, const OptionValues&) {}

  Status init(Geometry geometry) noexcept override {
    geometry_ = geometry;
    return {};
  }
  Status mark_used(Extent) noexcept override { return {}; }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    return Extent{geometry_.end_block, request.min_blocks};
  }
  void free(Extent) noexcept override {}
  FreeSpace free_space() const noexcept override {
    const uint64_t blocks = geometry_.end_block - geometry_.first_block;
    return {blocks, blocks};
  }

 private:
  Geometry geometry_{};
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(block_outside, BlockOutside, "wrong: a block outside the region", no_options,
                    PluginFlags::signal_safe);
