// Memory that a test keeps and a lab takes its region from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <span>

#include "daxlab/types.h"

namespace daxlab {

// Pages of it, full of something, with one page more than is asked for.
class PageMemory {
 public:
  explicit PageMemory(uint64_t length_bytes)
      : bytes_(static_cast<std::byte*>(std::aligned_alloc(page_bytes, length_bytes + page_bytes))),
        length_bytes_(length_bytes) {
    std::memset(bytes_.get(), 0x5a, length_bytes + page_bytes);
  }
  std::span<std::byte> all() { return {bytes_.get(), length_bytes_}; }

 private:
  struct Freed {
    void operator()(std::byte* memory) const { std::free(memory); }
  };
  std::unique_ptr<std::byte, Freed> bytes_;
  uint64_t length_bytes_;
};

}  // namespace daxlab
