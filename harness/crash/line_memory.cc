#include "harness/crash/line_memory.h"

#include <cassert>

namespace daxlab {

LineMemory::LineMemory(std::span<const std::byte> bytes)
    : lines_(new Line[bytes.size() / cache_line_bytes]), size_bytes_(bytes.size()) {
  assert(bytes.size() % cache_line_bytes == 0);
  if (!bytes.empty()) std::memcpy(lines_.get(), bytes.data(), bytes.size());
}

}  // namespace daxlab
