// Right as long as one thread allocates at a time: gives way inside, and ends the process when
// another comes in.
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

class AbortsWhenMet final : public Allocator {
 public:
  AbortsWhenMet(Host& host, const OptionValues&) : host_(host) {}

  Status init(Geometry geometry) noexcept override try {
    used_.assign(geometry.end_block, false);
    first_block_ = geometry.first_block;
    return {};
  } catch (const std::bad_alloc&) {
    return ErrorCode::no_memory;
  }
  Status mark_used(Extent extent) noexcept override {
    mark(extent, true);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    if (inside_++ != 0) std::abort();
    host_.relax();
    --inside_;
    for (uint64_t block = first_block_, run = 0; block < used_.size(); ++block) {
      run = used_[block] ? 0 : run + 1;
      if (run < request.min_blocks) continue;
      const Extent found{block + 1 - run, run};
      mark(found, true);
      return found;
    }
    return ErrorCode::no_space;
  }
  void free(Extent extent) noexcept override { mark(extent, false); }
  FreeSpace free_space() const noexcept override {
    uint64_t free_blocks = 0, run = 0, largest = 0;
    for (uint64_t block = first_block_; block < used_.size(); ++block) {
      run = used_[block] ? 0 : run + 1;
      largest = run > largest ? run : largest;
      free_blocks += used_[block] ? 0 : 1;
    }
    return {free_blocks, largest};
  }

 private:
  void mark(Extent extent, bool used) {
    for (uint64_t i = 0; i < extent.blocks; ++i) used_[extent.block + i] = used;
  }
  Host& host_;
  uint32_t inside_ = 0;
  std::vector<bool> used_;
  uint64_t first_block_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(aborts_when_met, AbortsWhenMet, "ends the process when two threads allocate",
                    no_options, PluginFlags::none);
