// Buffers of which the end is not there, for tests of read() and write().
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <span>

#include "harness/strategies/cells_test.h"

namespace daxlab {

// What stands behind the bytes that are there.
enum class Behind { nothing, no_access, end_of_file };

class BadBuffer {
 public:
  static constexpr uint64_t most_there = 4 * page_bytes, behind = 4 * page_bytes;

  explicit BadBuffer(Behind what) {
    const int file = ::memfd_create("bad_buffer", MFD_CLOEXEC);
    EXPECT_EQ(::ftruncate(file, most_there), 0);
    void* at = ::mmap(nullptr, most_there + behind, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    ::close(file);
    EXPECT_NE(at, MAP_FAILED);
    start_ = static_cast<std::byte*>(at);
    if (what == Behind::no_access) {
      EXPECT_EQ(::mprotect(start_ + most_there, behind, PROT_NONE), 0);
    }
    if (what == Behind::nothing) {
      EXPECT_EQ(::munmap(start_ + most_there, behind), 0);
    }
  }
  ~BadBuffer() { ::munmap(start_, most_there + behind); }
  BadBuffer(const BadBuffer&) = delete;
  BadBuffer& operator=(const BadBuffer&) = delete;

  // So many bytes, of which the first are there.
  std::span<std::byte> of(uint64_t length_bytes, uint64_t there_bytes) const {
    return {start_ + most_there - there_bytes, length_bytes};
  }
  std::span<std::byte> filled(uint64_t length_bytes, uint64_t there_bytes, uint64_t seed) const {
    const std::span<std::byte> made = of(length_bytes, there_bytes);
    const Bytes bytes = pattern(there_bytes, seed);
    std::copy(bytes.begin(), bytes.end(), made.begin());
    return made;
  }

 private:
  std::byte* start_ = nullptr;
};

}  // namespace daxlab
