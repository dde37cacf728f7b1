// What core/region/persist.h does, written down without daxlab: to compare with. And once more with
// the counters that daxlab keeps, so that the price of asking for an observer can be told from
// theirs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/counters.h"
#include "core/region/persist.h"

namespace daxlab {

class BarePersist {
 public:
  explicit BarePersist(FlushInstruction instruction = best_flush_instruction());

  void flush_lines(const std::byte* first, const std::byte* end) const { flush_(first, end); }
  static void fence();

  // Each word lies in a line of its own: stored, flushed, fenced, one after the other.
  void store_words(uint64_t* lines, uint64_t words, uint64_t value) const;
  // Whole lines, past the cache, and a fence.
  static void copy_lines(void* to, const void* from, uint64_t length_bytes);

 private:
  void (*flush_)(const std::byte* first, const std::byte* end);
};

// Persist's calls as they are, its counters too, but for the observer.
class UnobservedPersist {
 public:
  explicit UnobservedPersist(Counters& counters) : counters_(counters) {}

  void store_word(uint64_t* to, uint64_t value) noexcept;
  void flush(const void* from, uint64_t length_bytes) noexcept;
  void copy_lines(void* to, const void* from, uint64_t length_bytes) noexcept;
  void fence() noexcept;

 private:
  Counters& counters_;
  BarePersist bare_;
};

}  // namespace daxlab
