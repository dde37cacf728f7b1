// Hands out the region's first block to everybody.
#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class SameBlockTwice final : public Allocator {
 public:
  SameBlockTwice(Host&, const OptionValues&) {}

  Status init(Geometry geometry) noexcept override {
    geometry_ = geometry;
    return {};
  }
  Status mark_used(Extent) noexcept override { return {}; }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    return Extent{geometry_.first_block, request.min_blocks};
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

DAXLAB_ALLOC_PLUGIN(same_block_twice, SameBlockTwice, "wrong: the same block twice", no_options,
                    PluginFlags::signal_safe);
