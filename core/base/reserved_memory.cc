#include "core/base/reserved_memory.h"

#include <sys/mman.h>

namespace daxlab {
namespace {

// The kernel fills no mapping without access; once it is not locked, access may come.
void* reserve(uint64_t length_bytes, int flags, int descriptor) noexcept {
  void* at = mmap(nullptr, length_bytes, PROT_NONE, MAP_NORESERVE | flags, descriptor, 0);
  if (at == MAP_FAILED) return nullptr;
  if (munlock(at, length_bytes) == 0 && mprotect(at, length_bytes, PROT_READ | PROT_WRITE) == 0) {
    return at;
  }
  munmap(at, length_bytes);
  return nullptr;
}

}  // namespace

void* reserve_memory(uint64_t length_bytes) noexcept {
  return reserve(length_bytes, MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

void* reserve_memory_of(int descriptor, uint64_t length_bytes) noexcept {
  return reserve(length_bytes, MAP_SHARED, descriptor);
}

}  // namespace daxlab
