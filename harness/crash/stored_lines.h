// Remembers which lines of a region were stored to, so that it can be put back as it was.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "harness/crash/crash_image.h"

namespace daxlab {

class StoredLines final : public PersistObserver {
 public:
  // Whole lines; forgets what was before.
  void start(std::span<const std::byte> memory) {
    memory_ = memory.data();
    lines_.clear();
  }
  std::span<const LineRange> lines() const { return lines_; }

  void word_stored(const uint64_t* to, SourceLocation) noexcept override {
    add(reinterpret_cast<const std::byte*>(to), sizeof *to);
  }
  void bytes_stored(const std::byte* to, uint64_t length_bytes, SourceLocation) noexcept override {
    add(to, length_bytes);
  }
  void flushed(const std::byte*, uint64_t, SourceLocation) noexcept override {}
  void fenced(SourceLocation) noexcept override {}

 private:
  void add(const std::byte* to, uint64_t length_bytes) {
    const auto offset_bytes = static_cast<uint64_t>(to - memory_);
    const uint64_t first = offset_bytes / cache_line_bytes;
    const uint64_t last = (offset_bytes + length_bytes - 1) / cache_line_bytes;
    lines_.push_back({first * cache_line_bytes, (last + 1 - first) * cache_line_bytes});
  }

  const std::byte* memory_ = nullptr;
  std::vector<LineRange> lines_;
};

}  // namespace daxlab
