// A copy of the caller's bytes, which no other thread can take away any more.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "daxlab/status.h"

namespace daxlab {

class KeptBytes {
 public:
  // As many of them as can be read: bytes() says. no_memory: none. The caller holds no lock that a
  // page fault takes.
  Status take(std::span<const std::byte> from);
  // At the same place in a word as they were. Gone with this.
  std::span<const std::byte> bytes() const { return bytes_; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  std::span<const std::byte> bytes_;
};

}  // namespace daxlab
