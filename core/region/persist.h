// Stores to a region and their way to durability. Every store to a region goes through here, so that
// it can be counted, and later recorded and replayed.
// Flush instruction by CPUID once: CLWB, else CLFLUSHOPT, else CLFLUSH; fences are SFENCE.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/counters.h"

namespace daxlab {

class Persist {
 public:
  explicit Persist(Counters& counters);
  const char* flush_instruction() const;  // "clwb", "clflushopt", "clflush"

  // All: any thread, signal-safe. Destinations lie in a region.

  // One aligned word, atomically, visible to other threads with release order. Not yet durable.
  void store_word(uint64_t* to, uint64_t value) noexcept;
  // Bytes, moved as aligned 8-byte words wherever `to` has whole ones, so that no word is ever torn;
  // not yet durable, durable after the next fence(): large runs are stored past the cache, the rest is
  // flushed. `from` may be any memory, also a mapping that faults.
  void copy(void* to, const void* from, uint64_t length_bytes) noexcept;
  void zero(void* to, uint64_t length_bytes) noexcept;
  // Writes the lines of the range back. Durable after the next fence().
  void flush(const void* from, uint64_t length_bytes) noexcept;
  void fence() noexcept;

 private:
  Counters& counters_;
  void (*flush_lines_)(const std::byte* first, const std::byte* end) noexcept;
  const char* flush_instruction_;
};

// Copies out of a region (or from user memory) word by word like Persist::copy, into plain memory.
void copy_words(void* to, const void* from, uint64_t length_bytes) noexcept;

}  // namespace daxlab
