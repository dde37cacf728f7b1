// What a damaged word was before, if only one byte of it changed.
#pragma once

#include <cstdint>
#include <optional>

#include "core/recovery/block_claims.h"
#include "core/recovery/map_walk.h"
#include "core/region/region.h"

namespace daxlab {

// The one intact word that differs from the flaw's in one byte and makes sense where it stands: no
// block, or a data block that nobody claims; if that has to be a node, one that can be believed.
// None, or several: nullopt. Every map has been walked, so that what is claimed is known.
std::optional<uint64_t> corrected_word(const Region& region, const BlockClaims& claims,
                                       const MapFlaw& flaw);
// The same for the size of a file whose last mapped page ends at `end_pgoff`: one that covers it.
std::optional<uint64_t> corrected_size_word(uint64_t word, uint64_t end_pgoff);
bool is_possible_size(uint64_t size_bytes, uint64_t end_pgoff);

}  // namespace daxlab
