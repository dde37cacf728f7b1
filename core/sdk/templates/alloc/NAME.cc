// Which free blocks are handed out: the next ones behind those that were handed out last.
#include <daxlab/alloc.h>

namespace {

using namespace daxlab;

// In a config: alloc: {name: @NAME@, follow_goal: false}.
// The core sees to it that values are in range.
constexpr Option options[] = {
    boolean_option("follow_goal", true, "begin at the block that is wished for, if one is"),
};

class @CLASS@Allocator final : public Allocator {
 public:
  @CLASS@Allocator(Host& host, const OptionValues& values) noexcept
      : host_(host), follow_goal_(values[0] == 1) {}

  Status init(Geometry geometry) noexcept override {
    geometry_ = geometry;
    next_ = geometry.first_block;
    used_ = static_cast<bool*>(host_.arena(geometry.end_block));  // zeroed: all free
    return used_ == nullptr ? ErrorCode::no_memory : ErrorCode::ok;
  }
  Status mark_used(Extent extent) noexcept override {
    mark(extent, true);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    host_.lock(lock_);
    const bool goes_to_goal = follow_goal_ && request.goal_block != 0;
    Extent found = find(goes_to_goal ? request.goal_block : next_, request);
    if (found.is_hole()) found = find(geometry_.first_block, request);
    if (!found.is_hole()) {
      mark(found, true);
      next_ = found.end();
    }
    host_.unlock(lock_);
    if (found.is_hole()) return ErrorCode::no_space;
    return found;
  }
  void free(Extent extent) noexcept override {
    host_.lock(lock_);
    mark(extent, false);
    host_.unlock(lock_);
  }
  FreeSpace free_space() const noexcept override {
    FreeSpace space{0, 0};
    host_.lock(lock_);
    for (uint64_t block = geometry_.first_block, run = 0; block < geometry_.end_block; ++block) {
      run = used_[block] ? 0 : run + 1;
      if (run > 0) ++space.free_blocks;
      if (run > space.largest_extent_blocks) space.largest_extent_blocks = run;
    }
    host_.unlock(lock_);
    return space;
  }

 private:
  // The first run of min to max free blocks from `from` on; a hole when there is none.
  Extent find(uint64_t from, const AllocationRequest& request) const {
    if (from < geometry_.first_block) from = geometry_.first_block;
    for (uint64_t block = from, run = 0; block < geometry_.end_block; ++block) {
      run = used_[block] ? 0 : run + 1;
      const bool ends = block + 1 == geometry_.end_block || used_[block + 1];
      if (run == request.max_blocks || (ends && run >= request.min_blocks)) {
        return {block + 1 - run, run};
      }
    }
    return {};
  }
  void mark(Extent extent, bool used) {
    for (uint64_t block = extent.block; block < extent.end(); ++block) used_[block] = used;
  }

  Host& host_;
  const bool follow_goal_;
  Geometry geometry_{};
  bool* used_ = nullptr;  // for each block
  uint64_t next_ = 0;
  mutable uint32_t lock_ = 0;  // guards what is not const; a word of ours, a lock of the host's
};

}  // namespace

// Lock and memory are the host's, so every call may be made in a page fault: signal_safe.
DAXLAB_ALLOC_PLUGIN(@NAME@, @CLASS@Allocator, "goes on where it handed out blocks last", options,
                    PluginFlags::signal_safe);
