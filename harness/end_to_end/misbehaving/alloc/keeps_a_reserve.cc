// Right, with a reserve that it never hands out; or, with a lie, wrong about that reserve alone.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

enum Lie : uint64_t { none, more_than_free, refuses_twice_as_many, never_comes_back, keeps_all };

constexpr Option options[] = {
    integer_option("blocks", OptionUnit::blocks, 16, 0, 1 << 20,
                   "blocks in the reserve, but at most an eighth of all"),
    choice_option("lie", "none|more_than_free|refuses_twice_as_many|never_comes_back|keeps_all", 0,
                  "what is not as it says"),
};

class KeepsAReserve final : public Allocator {
 public:
  KeepsAReserve(Host& host, const OptionValues& values)
      : host_(host), reserve_(values[0]), lie_(values[1]) {}

  Status init(Geometry geometry) noexcept override {
    first_ = geometry.first_block;
    free_.assign(geometry.end_block - geometry.first_block, 1);
    count_ = free_.size();
    reserve_ = lie_ == keeps_all ? count_ : std::min(reserve_, count_ / 8);
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    set(extent, 0);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(lock_);
    const Result<Extent> found = find(request);
    if (found.ok()) set(found.value(), 0);
    host_.unlock(lock_);
    return found;
  }
  void free(Extent extent) noexcept override {
    host_.lock(lock_);
    set(extent, 1);
    if (lie_ == never_comes_back) ++reserve_;
    host_.unlock(lock_);
  }
  FreeSpace free_space() const noexcept override {
    host_.lock(lock_);
    FreeSpace space{count_, 0, std::min(reserve_, count_)};
    if (lie_ == more_than_free) space.reserved_blocks = count_ + 1;
    uint64_t run = 0;
    for (const uint8_t block : free_) {
      run = block != 0 ? run + 1 : 0;
      space.largest_extent_blocks = std::max(space.largest_extent_blocks, run);
    }
    host_.unlock(lock_);
    return space;
  }

 private:
  Result<Extent> find(const AllocationRequest& request) const {
    const uint64_t kept = lie_ == refuses_twice_as_many ? 2 * reserve_ : reserve_;
    if (count_ < kept || count_ - kept < request.min_blocks) return ErrorCode::no_space;
    const uint64_t most = std::min(request.max_blocks, count_ - kept);
    uint64_t run = 0;
    for (uint64_t at = 0; at < free_.size(); ++at) {
      run = free_[at] != 0 ? run + 1 : 0;
      const bool ends = at + 1 == free_.size() || free_[at + 1] == 0 || run == most;
      if (run >= request.min_blocks && ends) return Extent{first_ + at + 1 - run, run};
    }
    return ErrorCode::no_space;
  }
  void set(Extent extent, uint8_t free) {
    std::fill_n(free_.begin() + static_cast<ptrdiff_t>(extent.block - first_), extent.blocks, free);
    count_ = free != 0 ? count_ + extent.blocks : count_ - extent.blocks;
  }

  Host& host_;
  mutable uint32_t lock_ = 0;
  uint64_t first_ = 0;
  std::vector<uint8_t> free_;  // of each block from the first on
  uint64_t count_ = 0;
  uint64_t reserve_;
  uint64_t lie_;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(keeps_a_reserve, KeepsAReserve,
                    "keeps blocks back, and says so or tells the lie that its option names",
                    options, PluginFlags::signal_safe);
