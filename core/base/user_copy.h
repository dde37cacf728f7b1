// Copies between the region, or memory of the core's, and memory of the caller's, which may not be
// there (core/base/user_memory.h). All: any thread that holds no lock which a page fault takes, for
// the caller's memory may be a mapping. They return how many bytes were copied from the start on:
// fewer than asked where the next one could not be read or written. What is behind it is untouched.
//
// Into the region it is Persist::copy_from_user.
#pragma once

#include <cstdint>

namespace daxlab {

// Aligned words of `from` are read whole.
uint64_t copy_to_user(void* to, const void* from, uint64_t length_bytes) noexcept;
// Aligned words of `to` are stored whole, and read whole if `from` is aligned alike.
uint64_t copy_from_user(void* to, const void* from, uint64_t length_bytes) noexcept;
uint64_t zero_user(void* to, uint64_t length_bytes) noexcept;

}  // namespace daxlab
