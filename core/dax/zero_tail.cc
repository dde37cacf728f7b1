#include "core/dax/zero_tail.h"

#include <algorithm>

namespace daxlab {

bool start_zeroing_tail(DaxParts& parts, SharedFile& file, uint64_t end_bytes, uint64_t limit_bytes,
                        Persist::Where where) noexcept {
  if (end_bytes % page_bytes == 0 || limit_bytes <= end_bytes) return false;
  uint64_t block = file.map.find(end_bytes / page_bytes);
  // Nobody reads what a bad block holds.
  if (block == 0 || parts.region.is_poisoned(block)) return false;
  uint64_t start = end_bytes % page_bytes;
  uint64_t page_end = end_bytes - start + page_bytes;
  uint64_t length = std::min(limit_bytes, page_end) - end_bytes;
  parts.region.persist().zero(parts.region.address_of(block) + start, length, where);
  return true;
}

void zero_tail(DaxParts& parts, SharedFile& file, uint64_t end_bytes, uint64_t limit_bytes,
               Persist::Where where) noexcept {
  if (start_zeroing_tail(parts, file, end_bytes, limit_bytes, where))
    parts.region.persist().fence(where);
}

}  // namespace daxlab
