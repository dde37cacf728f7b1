#include "core/dax/placement.h"

namespace daxlab {

uint64_t goal_for(DaxParts& parts, SharedFile& file, uint64_t pgoff) noexcept {
  if (const uint64_t goal = file.map.goal_for(pgoff); goal != 0) return goal;
  const std::optional<uint64_t> shift = file.block_shift();
  const bool is_small = pgoff < max_fault_pages && file.pages() < max_fault_pages;
  if (is_small && !shift) return 0;
  return parts.allocator.goal_in_free_run((pgoff + shift.value_or(0)) % max_fault_pages);
}

}  // namespace daxlab
