// Right in every call, and aborts when the last one who has it loaded lets go of it.
#include <cstdlib>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

struct AtUnload {
  ~AtUnload() { std::abort(); }
};
const AtUnload at_unload;

class AbortsAtUnload final : public Allocator {
 public:
  AbortsAtUnload(Host&, const OptionValues&) {}

  Status init(Geometry geometry) noexcept override {
    if (geometry.end_block - geometry.first_block > most_blocks) return ErrorCode::no_memory;
    geometry_ = geometry;
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    set(extent, true);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    for (uint64_t block = geometry_.first_block, run = 0; block < geometry_.end_block; ++block) {
      run = used(block) ? 0 : run + 1;
      const bool ends = block + 1 == geometry_.end_block || used(block + 1);
      if (run != request.max_blocks && (!ends || run < request.min_blocks)) continue;
      const Extent found{block + 1 - run, run};
      set(found, true);
      return found;
    }
    return ErrorCode::no_space;
  }
  void free(Extent extent) noexcept override { set(extent, false); }
  FreeSpace free_space() const noexcept override {
    FreeSpace space{};
    for (uint64_t block = geometry_.first_block, run = 0; block < geometry_.end_block; ++block) {
      run = used(block) ? 0 : run + 1;
      if (run > 0) ++space.free_blocks;
      if (run > space.largest_extent_blocks) space.largest_extent_blocks = run;
    }
    return space;
  }

 private:
  static constexpr uint64_t most_blocks = 1 << 16;
  bool used(uint64_t block) const { return used_[block - geometry_.first_block]; }
  void set(Extent extent, bool used) {
    for (uint64_t i = 0; i < extent.blocks; ++i) {
      used_[extent.block - geometry_.first_block + i] = used;
    }
  }

  Geometry geometry_{};
  bool used_[most_blocks] = {};
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(aborts_at_unload, AbortsAtUnload, "wrong: its static destructor aborts",
                    no_options, PluginFlags::none);
