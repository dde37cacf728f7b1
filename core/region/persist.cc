#include "core/region/persist.h"

#include <cpuid.h>
#include <immintrin.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <vector>

#include "core/base/sizes.h"
#include "core/sync/schedule.h"

namespace daxlab {

namespace {

// Words of memory that has, in truth, some other type.
using Word = uint64_t __attribute__((may_alias));
struct __attribute__((packed, may_alias)) LooseWord {
  uint64_t value;
};

uint64_t misalignment(const void* address, uint64_t unit_bytes) {
  return reinterpret_cast<uintptr_t>(address) % unit_bytes;
}

void store_byte(std::byte* to, std::byte value) {
  __atomic_store_n(reinterpret_cast<uint8_t*>(to), static_cast<uint8_t>(value), __ATOMIC_RELAXED);
}

void store_one_word(std::byte* to, uint64_t value) {
  __atomic_store_n(reinterpret_cast<Word*>(to), value, __ATOMIC_RELAXED);
}

// In assembly, as Clang would compile the intrinsic to a store that ThreadSanitizer takes for a
// plain one.
void stream_one_word(std::byte* to, uint64_t value) {
  asm volatile("movnti %1, %0" : "=m"(*reinterpret_cast<Word*>(to)) : "r"(value));
}

// A word that lies across two words of the source: others may be storing to both, so it may be torn
// there, which nobody was promised otherwise. Not a race to report.
__attribute__((no_sanitize("thread"))) uint64_t load_loose_word(const std::byte* from) {
  return reinterpret_cast<const volatile LooseWord*>(from)->value;
}

// Sources of bytes, by value: what a reference leads to, stores through Word might change.
struct Zeros {
  std::byte byte() const { return std::byte{0}; }
  uint64_t word() const { return 0; }
  Zeros after(uint64_t) const { return {}; }
  void put(std::byte* to, uint64_t length_bytes) const { std::memset(to, 0, length_bytes); }
};

struct LooseBytes {
  const std::byte* at;
  std::byte byte() const {
    return std::byte{__atomic_load_n(reinterpret_cast<const uint8_t*>(at), __ATOMIC_RELAXED)};
  }
  uint64_t word() const { return load_loose_word(at); }
  LooseBytes after(uint64_t length_bytes) const { return {at + length_bytes}; }
  void put(std::byte* to, uint64_t length_bytes) const { std::memcpy(to, at, length_bytes); }
};

// Where `to` is aligned to a word, so is this.
struct AlignedBytes {
  const std::byte* at;
  std::byte byte() const { return LooseBytes{at}.byte(); }
  uint64_t word() const {
    return __atomic_load_n(reinterpret_cast<const Word*>(at), __ATOMIC_RELAXED);
  }
  AlignedBytes after(uint64_t length_bytes) const { return {at + length_bytes}; }
  void put(std::byte* to, uint64_t length_bytes) const { LooseBytes{at}.put(to, length_bytes); }
};

template <class Source>
void store_bytes(std::byte* to, Source source, uint64_t length_bytes) {
  for (uint64_t i = 0; i < length_bytes; ++i) store_byte(to + i, source.after(i).byte());
}

// Bytes up to a word of `to`, words, bytes.
template <class Source>
void store_run(std::byte* to, Source source, uint64_t length_bytes) {
  uint64_t ragged_bytes = (word_bytes - misalignment(to, word_bytes)) % word_bytes;
  uint64_t head_bytes = std::min(length_bytes, ragged_bytes);
  uint64_t tail_bytes = (length_bytes - head_bytes) % word_bytes;
  uint64_t words_end = length_bytes - tail_bytes;
  store_bytes(to, source, head_bytes);
  for (uint64_t i = head_bytes; i < words_end; i += word_bytes) {
    store_one_word(to + i, source.after(i).word());
  }
  store_bytes(to + words_end, source.after(words_end), tail_bytes);
}

// Whole lines; unrolled, as the eight words of a line have to leave together.
template <class Source>
void stream_lines(std::byte* to, Source source, uint64_t length_bytes) {
  for (uint64_t line = 0; line < length_bytes; line += cache_line_bytes) {
#pragma GCC unroll 8
    for (uint64_t i = line; i < line + cache_line_bytes; i += word_bytes) {
      stream_one_word(to + i, source.after(i).word());
    }
  }
}

// Where a step copies from. When a schedule keeps the step for later, the bytes may be gone by
// then: so they are kept with it.
class CopySource {
 public:
  CopySource(const void* from, uint64_t length_bytes) : from_(from), length_bytes_(length_bytes) {}
  CopySource(const CopySource& other)
      : kept_(other.bytes(), other.bytes() + other.length_bytes_),
        from_(kept_.data()),
        length_bytes_(other.length_bytes_) {}
  CopySource& operator=(const CopySource&) = delete;
  const void* from() const { return from_; }
  uint64_t length_bytes() const { return length_bytes_; }

 private:
  const std::byte* bytes() const { return static_cast<const std::byte*>(from_); }
  std::vector<std::byte> kept_;
  const void* from_;
  uint64_t length_bytes_;
};

template <class Call>
void source_for(const void* from, const void* to, Call call) {
  const auto* bytes = static_cast<const std::byte*>(from);
  if (misalignment(from, word_bytes) == misalignment(to, word_bytes)) {
    call(AlignedBytes{bytes});
  } else {
    call(LooseBytes{bytes});
  }
}

void* line_address(const std::byte* line) { return const_cast<std::byte*>(line); }

__attribute__((target("clwb"))) void flush_by_clwb(const std::byte* first,
                                                   const std::byte* end) noexcept {
  for (; first < end; first += cache_line_bytes) _mm_clwb(line_address(first));
}

__attribute__((target("clflushopt"))) void flush_by_clflushopt(const std::byte* first,
                                                               const std::byte* end) noexcept {
  for (; first < end; first += cache_line_bytes) _mm_clflushopt(line_address(first));
}

void flush_by_clflush(const std::byte* first, const std::byte* end) noexcept {
  for (; first < end; first += cache_line_bytes) _mm_clflush(first);
}

void flush_nothing(const std::byte*, const std::byte*) noexcept {}

using FlushLines = void (*)(const std::byte* first, const std::byte* end) noexcept;

FlushLines flush_by(FlushInstruction instruction) noexcept {
  switch (instruction) {
    case FlushInstruction::clwb:
      return flush_by_clwb;
    case FlushInstruction::clflushopt:
      return flush_by_clflushopt;
    case FlushInstruction::clflush:
      return flush_by_clflush;
    case FlushInstruction::none:
      break;
  }
  return flush_nothing;
}

}  // namespace

// In a guest every CPUID leaves it: some ten microseconds, more than all the rest of attaching.
FlushInstruction best_flush_instruction() noexcept {
  static const FlushInstruction best = [] {
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) != 0) {
      if ((ebx & (1U << 24)) != 0) return FlushInstruction::clwb;
      if ((ebx & (1U << 23)) != 0) return FlushInstruction::clflushopt;
    }
    return FlushInstruction::clflush;  // every x86-64 processor has it
  }();
  return best;
}

const char* name_of(FlushInstruction instruction) noexcept {
  switch (instruction) {
    case FlushInstruction::clwb:
      return "clwb";
    case FlushInstruction::clflushopt:
      return "clflushopt";
    case FlushInstruction::clflush:
      return "clflush";
    case FlushInstruction::none:
      break;
  }
  return "none";
}

Persist::Persist(Counters& counters, FlushInstruction instruction)
    : counters_(counters), instruction_(instruction), flush_from_to_(flush_by(instruction)) {}

void Persist::store_word(uint64_t* to, uint64_t value, Where where) noexcept {
  in_schedule(StepKind::publish, to, where,
              [this, to, value, where] { store_word_at_once(to, value, where); });
}

void Persist::store_word_at_once(uint64_t* to, uint64_t value, Where where) noexcept {
  assert(misalignment(to, word_bytes) == 0);
  __atomic_store_n(to, value, __ATOMIC_RELEASE);
  if (observer_ != nullptr) [[unlikely]]
    observer_->word_stored(to, where);
}

template <class Source>
void Persist::fill(std::byte* to, Source source, uint64_t length_bytes, Where where) noexcept {
  if (length_bytes == 0) return;
  counters_.add(Counter::bytes_persisted, length_bytes);
  counters_.add(Counter::flushes, store_and_flush(to, source, length_bytes));
  if (observer_ != nullptr) [[unlikely]] {
    observer_->bytes_stored(to, length_bytes, where);
    observer_->flushed(to, length_bytes, where);
  }
}

template <class Source>
uint64_t Persist::store_and_flush(std::byte* to, Source source, uint64_t length_bytes) noexcept {
  if (instruction_ == FlushInstruction::none) {
    source.put(to, length_bytes);
    return flush_lines(to, length_bytes);
  }
  if (length_bytes < stream_from_bytes) {
    store_run(to, source, length_bytes);
    return flush_lines(to, length_bytes);
  }
  uint64_t head_bytes = (cache_line_bytes - misalignment(to, cache_line_bytes)) % cache_line_bytes;
  uint64_t tail_bytes = (length_bytes - head_bytes) % cache_line_bytes;
  uint64_t lines_end = length_bytes - tail_bytes;
  store_run(to, source, head_bytes);
  stream_lines(to + head_bytes, source.after(head_bytes), lines_end - head_bytes);
  store_run(to + lines_end, source.after(lines_end), tail_bytes);
  uint64_t flushed = flush_lines(to, head_bytes) + flush_lines(to + lines_end, tail_bytes);
  return flushed + (lines_end - head_bytes) / cache_line_bytes;
}

void Persist::copy(void* to, const void* from, uint64_t length_bytes, Where where) noexcept {
  auto* bytes = static_cast<std::byte*>(to);
  in_schedule(StepKind::copy, to, where,
              [this, bytes, source = CopySource(from, length_bytes), where] {
                source_for(source.from(), bytes,
                           [&](auto each) { fill(bytes, each, source.length_bytes(), where); });
              });
}

void Persist::zero(void* to, uint64_t length_bytes, Where where) noexcept {
  auto* bytes = static_cast<std::byte*>(to);
  in_schedule(StepKind::zero, to, where,
              [this, bytes, length_bytes, where] { fill(bytes, Zeros(), length_bytes, where); });
}

uint64_t Persist::flush_lines(const std::byte* from, uint64_t length_bytes) noexcept {
  if (length_bytes == 0) return 0;
  const std::byte* first = from - misalignment(from, cache_line_bytes);
  const std::byte* end = from + length_bytes;
  flush_from_to_(first, end);
  return (static_cast<uint64_t>(end - first) + cache_line_bytes - 1) / cache_line_bytes;
}

void Persist::flush(const void* from, uint64_t length_bytes, Where where) noexcept {
  const auto* bytes = static_cast<const std::byte*>(from);
  in_schedule(StepKind::flush, from, where, [this, bytes, length_bytes, where] {
    if (observer_ != nullptr) [[unlikely]]
      observer_->flushed(bytes, length_bytes, where);
    counters_.add(Counter::bytes_persisted, length_bytes);
    counters_.add(Counter::flushes, flush_lines(bytes, length_bytes));
  });
}

void Persist::fence(Where where) noexcept {
  in_schedule(StepKind::fence, nullptr, where, [this, where] {
    if (observer_ != nullptr) [[unlikely]]
      observer_->fenced(where);
    if (instruction_ != FlushInstruction::none) _mm_sfence();
    counters_.add(Counter::fences);
  });
}

void copy_words(void* to, const void* from, uint64_t length_bytes) noexcept {
  source_for(from, to,
             [&](auto source) { store_run(static_cast<std::byte*>(to), source, length_bytes); });
}

}  // namespace daxlab
