// How many blocks an operation can use at most, and which can run out of them.
#pragma once

#include <cstdint>

#include "core/file/file_system.h"
#include "daxlab/types.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/history.h"

namespace daxlab {

// Loads too: a strategy may put a block where one reads.
bool may_run_out(OpKind kind);
bool may_run_out(SharedOpKind kind);

// New blocks of these pages, or copies, and nodes of the map over them: that many are enough for
// any write, which reserves them before it publishes any.
uint64_t most_blocks_for(PageRange pages);
// A fault may give blocks to pages around the one that is touched, and then lack one for a node.
inline constexpr uint64_t most_blocks_beside_fault = max_fault_pages;

// What SpaceUse::available_blocks() are: "free", or what is left of the free ones.
inline const char* words_for_available(const SpaceUse& space) {
  return space.reserved_blocks == 0 ? "free" : "free and not reserved";
}

}  // namespace daxlab
