// Steps that most fault strategies take, in terms of FaultOps alone.
#pragma once

#include <algorithm>
#include <cstdint>

#include "daxlab/fault.h"

namespace daxlab {

// What an insertion that mapped so many pages means for the fault.
constexpr FaultResult inserted(uint64_t pages) {
  return pages > 0 ? FaultResult::no_page : FaultResult::oom;
}

// The same where the run may begin before the page that faulted, which must be among those mapped.
inline FaultResult inserted_up_to(const Fault& fault, PageRange run, uint64_t pages) {
  return run.pgoff + pages > fault.pgoff ? FaultResult::no_page : FaultResult::oom;
}

// What a block that was not to be had means: busy comes again, all else is a bus error.
constexpr FaultResult without_block(ErrorCode code) {
  return code == ErrorCode::busy ? FaultResult::no_page : FaultResult::sigbus;
}

// The aligned window of `around` pages with the fault in it, inside what may be handled (Linux:
// do_fault_around).
inline PageRange window_around(const Fault& fault, uint64_t around) {
  uint64_t first = fault.pgoff / around * around;
  uint64_t start = std::max(first, fault.window.pgoff);
  return {start, std::min(first + around, fault.window.end()) - start};
}

// The hole with the faulting page in it, as far as that window goes.
inline PageRange hole_around(const Fault& fault, FaultOps& ops, uint64_t around) {
  PageRange window = window_around(fault, around);
  uint64_t start = window.pgoff;
  if (start < fault.pgoff) {
    Extent before = ops.find_block({start, fault.pgoff - start});
    if (!before.is_hole() || before.blocks < fault.pgoff - start) start = fault.pgoff;
  }
  Extent after = ops.find_block({fault.pgoff, window.end() - fault.pgoff});
  return {start, fault.pgoff + std::max<uint64_t>(after.blocks, 1) - start};
}

inline uint64_t address_of(const Fault& fault, uint64_t pgoff) {
  return fault.mapping_start + (pgoff - fault.mapping_pgoff) * page_bytes;
}

// A store where this mapping shows nothing. Where a block is, no mapping shows a zero page any
// more; where a hole is, another mapping may, and loses it before the block goes in here: else a
// third thread could store through this mapping while others still read zeros.
inline FaultResult store_where_nothing_is_mapped(const Fault& fault, FaultOps& ops) {
  PageRange page{fault.pgoff, 1};
  Extent present = ops.find_block(page);
  if (present.blocks == 0) return FaultResult::no_page;
  if (!present.is_hole()) return inserted(ops.insert_block(fault.address, present, true));
  Result<Extent> block = ops.get_block_create(page);
  if (!block.ok()) return without_block(block.code());
  ops.remove_pages(page);
  ops.unmap_other_mappings(page);
  return inserted(ops.insert_block(fault.address, block.value(), true));
}

}  // namespace daxlab
