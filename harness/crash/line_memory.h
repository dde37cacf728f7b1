// Memory in whole cache lines, and what lies where in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>

#include "core/region/persist.h"

namespace daxlab {

// Bytes aligned to cache lines: as good as a region's memory.
class LineMemory {
 public:
  explicit LineMemory(std::span<const std::byte> bytes);  // whole lines
  // The same ones, wherever this object is moved.
  std::span<std::byte> bytes() const { return {start(), size_bytes_}; }
  uint64_t& word_at(uint64_t offset_bytes) const {
    return *reinterpret_cast<uint64_t*>(start() + offset_bytes);
  }

 private:
  std::byte* start() const { return reinterpret_cast<std::byte*>(lines_.get()); }
  struct alignas(cache_line_bytes) Line {
    std::byte bytes[cache_line_bytes];
  };
  std::unique_ptr<Line[]> lines_;
  uint64_t size_bytes_;
};

// Whole lines of memory, by their offsets.
struct LineRange {
  uint64_t offset_bytes = 0;
  uint64_t length_bytes = 0;
};

struct WordAt {
  uint64_t offset_bytes = 0;
  uint64_t value = 0;
};

inline uint64_t word_in(const std::byte* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace daxlab
