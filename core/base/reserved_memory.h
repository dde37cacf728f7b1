// Addresses of which little is ever touched, with memory as they are. Where the process locks what
// it maps (mlockall), the kernel would fill such a mapping at once: these stay out of that.
#pragma once

#include <cstdint>

namespace daxlab {

// Private and zeroed, or all of a memfd; munmap gives them back. nullptr: no memory, or the process
// may not lock so much. Signal-safe.
void* reserve_memory(uint64_t length_bytes) noexcept;
void* reserve_memory_of(int descriptor, uint64_t length_bytes) noexcept;

}  // namespace daxlab
