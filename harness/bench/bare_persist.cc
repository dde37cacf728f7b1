#include "harness/bench/bare_persist.h"

#include <immintrin.h>

namespace daxlab {
namespace {

using Word = uint64_t __attribute__((may_alias));

void* address_of(const std::byte* line) { return const_cast<std::byte*>(line); }

__attribute__((target("clwb"))) void by_clwb(const std::byte* first, const std::byte* end) {
  for (; first < end; first += cache_line_bytes) _mm_clwb(address_of(first));
}

__attribute__((target("clflushopt"))) void by_clflushopt(const std::byte* first,
                                                         const std::byte* end) {
  for (; first < end; first += cache_line_bytes) _mm_clflushopt(address_of(first));
}

void by_clflush(const std::byte* first, const std::byte* end) {
  for (; first < end; first += cache_line_bytes) _mm_clflush(first);
}

void stream(void* to, const void* from, uint64_t length_bytes) {
  auto* words = static_cast<Word*>(to);
  const auto* source = static_cast<const Word*>(from);
  for (uint64_t line = 0; line < length_bytes / sizeof(Word); line += 8) {
#pragma GCC unroll 8
    for (uint64_t i = line; i < line + 8; ++i) {
      asm volatile("movnti %1, %0" : "=m"(words[i]) : "r"(source[i]));
    }
  }
}

}  // namespace

BarePersist::BarePersist(FlushInstruction instruction)
    : flush_(instruction == FlushInstruction::clwb         ? by_clwb
             : instruction == FlushInstruction::clflushopt ? by_clflushopt
                                                           : by_clflush) {}

void BarePersist::fence() { _mm_sfence(); }

void BarePersist::store_words(uint64_t* lines, uint64_t words, uint64_t value) const {
  for (uint64_t i = 0; i < words; ++i) {
    uint64_t* word = lines + i * (cache_line_bytes / sizeof(uint64_t));
    __atomic_store_n(word, value, __ATOMIC_RELEASE);
    const auto* bytes = reinterpret_cast<const std::byte*>(word);
    flush_(bytes, bytes + sizeof *word);
    _mm_sfence();
  }
}

void BarePersist::copy_lines(void* to, const void* from, uint64_t length_bytes) {
  stream(to, from, length_bytes);
  _mm_sfence();
}

void UnobservedPersist::store_word(uint64_t* to, uint64_t value) noexcept {
  __atomic_store_n(to, value, __ATOMIC_RELEASE);
}

void UnobservedPersist::flush(const void* from, uint64_t length_bytes) noexcept {
  const auto* bytes = static_cast<const std::byte*>(from);
  const std::byte* first = bytes - reinterpret_cast<uintptr_t>(bytes) % cache_line_bytes;
  const std::byte* end = bytes + length_bytes;
  counters_.add(Counter::bytes_persisted, length_bytes);
  bare_.flush_lines(first, end);
  counters_.add(Counter::flushes,
                (static_cast<uint64_t>(end - first) + cache_line_bytes - 1) / cache_line_bytes);
}

void UnobservedPersist::copy_lines(void* to, const void* from, uint64_t length_bytes) noexcept {
  counters_.add(Counter::bytes_persisted, length_bytes);
  stream(to, from, length_bytes);
  counters_.add(Counter::flushes, length_bytes / cache_line_bytes);
}

void UnobservedPersist::fence() noexcept {
  _mm_sfence();
  counters_.add(Counter::fences);
}

}  // namespace daxlab
