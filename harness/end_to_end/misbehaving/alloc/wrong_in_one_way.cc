// Right, but for the one promise that its option names: for each check of the contract, somebody
// who does not pass it.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "daxlab/alloc.h"

namespace {

using namespace daxlab;

enum Flaw : uint64_t {
  none,
  begins_with_one_less,
  never_hands_out_the_last,
  more_than_max,
  forgets_marks,
  long_runs_are_no_space,
  counts_parts_wrong,
  demands_alignment,
  no_space_for_ever,
  numbers_of_32_bits,
  loses_the_hundredth,
  no_lock,
  mallocs_when_asked,
  shares_its_state,
  keeps_memory,
  keeps_its_lock,
  searches_for_ever,
  small_arena,
};

constexpr Option options[] = {choice_option(
    "flaw",
    "none|begins_with_one_less|never_hands_out_the_last|more_than_max|forgets_marks|"
    "long_runs_are_no_space|counts_parts_wrong|demands_alignment|no_space_for_ever|"
    "numbers_of_32_bits|loses_the_hundredth|no_lock|mallocs_when_asked|shares_its_state|"
    "keeps_memory|keeps_its_lock|searches_for_ever|small_arena",
    0, "which promise it breaks")};

struct State {
  uint32_t lock = 0;
  Geometry geometry{};
  std::vector<uint8_t> free;  // of each block from the first on
  uint64_t frees = 0;
  bool was_full = false;
};
State shared_state;

class WrongInOneWay final : public Allocator {
 public:
  WrongInOneWay(Host& host, const OptionValues& values)
      : host_(host), flaw_(values[0]), state_(flaw_ == shares_its_state ? shared_state : own_) {
    if (flaw_ == keeps_memory) kept_ = std::malloc(100);
  }

  Status init(Geometry geometry) noexcept override {
    state_.geometry = geometry;
    state_.free.assign(geometry.end_block - geometry.first_block, 1);
    if (flaw_ == begins_with_one_less) state_.free.back() = 0;
    if (flaw_ == small_arena)
      marks_ = static_cast<uint8_t*>(host_.arena(state_.free.size() / 8 + 1));
    return {};
  }
  Status mark_used(Extent extent) noexcept override {
    if (flaw_ != forgets_marks) set(extent, 0);
    return {};
  }
  Result<Extent> allocate(const AllocationRequest& request) noexcept override {
    lock();
    const Result<Extent> extent = find(request);
    if (extent.ok()) set(extent.value(), 0);
    if (extent.ok() || flaw_ != keeps_its_lock) unlock();
    if (!extent.ok() || flaw_ != numbers_of_32_bits) return extent;
    return Extent{static_cast<uint32_t>(extent.value().block), extent.value().blocks};
  }
  void free(Extent extent) noexcept override {
    lock();
    if (flaw_ != loses_the_hundredth || ++state_.frees % 100 != 0) set(extent, 1);
    if (flaw_ == counts_parts_wrong && extent.blocks > 2) set({extent.block, 1}, 0);
    unlock();
  }
  FreeSpace free_space() const noexcept override {
    lock();
    FreeSpace space{};
    uint64_t run = 0;
    for (const uint8_t block : state_.free) {
      run = block != 0 ? run + 1 : 0;
      space.free_blocks += block;
      space.largest_extent_blocks = std::max(space.largest_extent_blocks, run);
    }
    unlock();
    return space;
  }

 private:
  Result<Extent> find(const AllocationRequest& request) {
    if (flaw_ == mallocs_when_asked) {
      void* volatile memory = std::malloc(request.min_blocks);
      std::free(memory);
    }
    while (flaw_ == searches_for_ever && state_.free.back() == 0) turns_ = turns_ + 1;
    if (flaw_ == no_space_for_ever && state_.was_full) return ErrorCode::no_space;
    if (flaw_ == long_runs_are_no_space && request.min_blocks > 100) return ErrorCode::no_space;
    const uint64_t first = state_.geometry.first_block;
    const uint64_t end = state_.free.size() - (flaw_ == never_hands_out_the_last ? 1 : 0);
    const uint64_t step = flaw_ == demands_alignment ? request.alignment_blocks : 1;
    const uint64_t most = request.max_blocks - (flaw_ == more_than_max ? 0 : 1);
    for (uint64_t at = (first + step - 1) / step * step - first; at < end; at += step) {
      uint64_t blocks = 0;
      while (at + blocks < end && blocks <= most && state_.free[at + blocks] != 0) ++blocks;
      if (blocks >= request.min_blocks) return Extent{first + at, blocks};
      if (first + at > UINT64_MAX - step) break;
    }
    state_.was_full = true;
    return ErrorCode::no_space;
  }
  void set(Extent extent, uint8_t free) {
    const uint64_t first = extent.block - state_.geometry.first_block;
    for (uint64_t i = 0; i < extent.blocks; ++i) {
      state_.free[first + i] = free;
      if (marks_ != nullptr) marks_[first + i] = free;
    }
  }
  void lock() const {
    if (flaw_ != no_lock) host_.lock(state_.lock);
  }
  void unlock() const {
    if (flaw_ != no_lock) host_.unlock(state_.lock);
  }

  Host& host_;
  uint64_t flaw_;
  State own_;
  State& state_;
  [[maybe_unused]] void* kept_ = nullptr;
  uint8_t* marks_ = nullptr;
  volatile uint64_t turns_ = 0;
};

}  // namespace

DAXLAB_ALLOC_PLUGIN(wrong_in_one_way, WrongInOneWay, "wrong in the way that its option names",
                    options, PluginFlags::signal_safe);
