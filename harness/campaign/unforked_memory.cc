#include "harness/campaign/unforked_memory.h"

#include <sys/mman.h>

#include <new>

namespace daxlab {
namespace {

constexpr size_t chunk_bytes = size_t{1} << 20;

constexpr size_t rounded_up(size_t bytes, size_t step) { return (bytes + step - 1) / step * step; }

std::span<std::byte> unforked_chunk(size_t length_bytes) {
  void* memory =
      mmap(nullptr, length_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  if (madvise(memory, length_bytes, MADV_DONTFORK) != 0) {
    munmap(memory, length_bytes);
    throw std::bad_alloc();
  }
  return {static_cast<std::byte*>(memory), length_bytes};
}

}  // namespace

UnforkedMemory::~UnforkedMemory() {
  for (const std::span<std::byte> chunk : chunks_) munmap(chunk.data(), chunk.size());
}

void* UnforkedMemory::take(size_t length_bytes) {
  length_bytes = rounded_up(length_bytes, alignment);
  if (length_bytes > rest_.size()) {
    chunks_.emplace_back();
    rest_ = unforked_chunk(rounded_up(length_bytes, chunk_bytes));
    chunks_.back() = rest_;
  }
  void* taken = rest_.data();
  rest_ = rest_.subspan(length_bytes);
  return taken;
}

}  // namespace daxlab
