// The way of one fault, the same under every engine: find the page, lock it, ask the strategy,
// check what it did.
#pragma once

#include "core/dax/dax_parts.h"
#include "core/dax/fault_operations.h"
#include "core/dax/mapping.h"

namespace daxlab {

// The caller holds a reference on the mapping and no lock. ok: repeat the access. beyond_end,
// no_space, no_memory, bad_plugin: the access gets a bus error. Signal-safe.
Status handle_fault(DaxParts& parts, Mapping& mapping, uint64_t address, bool write,
                    FaultContext context) noexcept;

}  // namespace daxlab
