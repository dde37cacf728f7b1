// Memory behind which there is none: for tests of copies that meet its end.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstddef>

#include "core/base/sizes.h"

namespace daxlab {

class EndingMemory {
 public:
  // Whole pages, zeroed, and one without access behind them.
  explicit EndingMemory(size_t length_bytes) : length_bytes_(length_bytes) {
    void* at = ::mmap(nullptr, length_bytes + page_bytes, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    EXPECT_NE(at, MAP_FAILED);
    start_ = static_cast<std::byte*>(at);
    EXPECT_EQ(::mprotect(end(), page_bytes, PROT_NONE), 0);
  }
  ~EndingMemory() { ::munmap(start_, length_bytes_ + page_bytes); }
  EndingMemory(const EndingMemory&) = delete;
  EndingMemory& operator=(const EndingMemory&) = delete;
  std::byte* end() const { return start_ + length_bytes_; }

 private:
  std::byte* start_ = nullptr;
  size_t length_bytes_;
};

}  // namespace daxlab
