#include "core/region/persist.h"

#include <cpuid.h>
#include <immintrin.h>

#include <algorithm>
#include <cassert>
#include <vector>

#include "core/base/sizes.h"
#include "core/base/user_copy.h"
#include "core/base/word_copy.h"
#include "core/sync/schedule.h"

namespace daxlab {

namespace {

using word_copy::AlignedBytes;
using word_copy::bytes_to_word;
using word_copy::LooseBytes;
using word_copy::misalignment;
using word_copy::SharedBytes;
using word_copy::UserBytes;
using word_copy::Word;
using word_copy::Zeros;

// In assembly, as Clang would compile the intrinsic to a store that ThreadSanitizer takes for a
// plain one.
void stream_one_word(std::byte* to, uint64_t value) {
  asm volatile("movnti %1, %0" : "=m"(*reinterpret_cast<Word*>(to)) : "r"(value));
}

void stream_four_words(std::byte* to, const FourWords& value) {
#pragma GCC unroll 4
  for (uint64_t i = 0; i < 4; ++i) stream_one_word(to + i * word_bytes, value.words[i]);
}

// Whole lines, as many as the source has; unrolled, as the eight words of a line have to leave
// together.
template <class Source>
uint64_t stream_lines(std::byte* to, Source source, uint64_t length_bytes) {
  for (uint64_t start = 0; start < length_bytes; start += cache_line_bytes) {
    FourWords first, second;
    if (!source.after(start).four(first)) return start;
    if (!source.after(start + sizeof first).four(second)) return start;
    stream_four_words(to + start, first);
    stream_four_words(to + start + sizeof first, second);
  }
  return length_bytes;
}

// Where a step copies from. When a schedule keeps the step for later, the bytes may be gone by
// then: so they are kept with it, as many as there are.
class CopySource {
 public:
  // `copied`: is told how many bytes were there when the step was done, or kept.
  CopySource(const void* from, uint64_t length_bytes, uint64_t& copied)
      : from_(from), length_bytes_(length_bytes), copied_(&copied) {}
  CopySource(const CopySource& other)
      : kept_(other.length_bytes_),
        from_(kept_.data()),
        length_bytes_(copy_from_user(kept_.data(), other.from_, other.length_bytes_)) {
    other.tell(length_bytes_);
  }
  CopySource& operator=(const CopySource&) = delete;
  const void* from() const { return from_; }
  uint64_t length_bytes() const { return length_bytes_; }
  void tell(uint64_t copied) const {
    if (copied_ != nullptr) *copied_ = copied;
  }

 private:
  std::vector<std::byte> kept_;
  const void* from_;
  uint64_t length_bytes_;
  uint64_t* copied_ = nullptr;  // of the first one, whose caller waits
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
uint64_t Persist::fill(std::byte* to, Source source, uint64_t length_bytes, Where where) noexcept {
  if (length_bytes == 0) return 0;
  const Stored stored = store_and_flush(to, source, length_bytes);
  counters_.add(Counter::bytes_persisted, stored.bytes);
  counters_.add(Counter::flushes, stored.lines);
  if (observer_ != nullptr && stored.bytes > 0) [[unlikely]] {
    observer_->bytes_stored(to, stored.bytes, where);
    observer_->flushed(to, stored.bytes, where);
  }
  return stored.bytes;
}

// What cannot be streamed is stored through the caches: the lines' ends, and where the source ends
// among them what there is of that line.
template <class Source>
Persist::Stored Persist::store_and_flush(std::byte* to, Source source,
                                         uint64_t length_bytes) noexcept {
  const auto through_caches = [&](uint64_t from_bytes, uint64_t end_bytes) {
    return move_run(SharedBytes{to + from_bytes}, source.after(from_bytes),
                    bytes_to_word(to + from_bytes), end_bytes - from_bytes);
  };
  if (instruction_ == FlushInstruction::none || length_bytes < stream_from_bytes) {
    const uint64_t done = instruction_ == FlushInstruction::none ? source.copy(to, length_bytes)
                                                                 : through_caches(0, length_bytes);
    return {done, flush_lines(to, done)};
  }
  const uint64_t head_bytes =
      (cache_line_bytes - misalignment(to, cache_line_bytes)) % cache_line_bytes;
  const uint64_t tail_bytes = (length_bytes - head_bytes) % cache_line_bytes;
  const uint64_t head = through_caches(0, head_bytes);
  const uint64_t flushed_head = flush_lines(to, head);
  if (head < head_bytes) return {head, flushed_head};
  const uint64_t streamed = stream_lines(to + head_bytes, source.after(head_bytes),
                                         length_bytes - head_bytes - tail_bytes);
  const uint64_t streamed_end = head_bytes + streamed;
  const uint64_t rest = through_caches(streamed_end, length_bytes);
  return {streamed_end + rest,
          flushed_head + streamed / cache_line_bytes + flush_lines(to + streamed_end, rest)};
}

void Persist::copy(void* to, const void* from, uint64_t length_bytes, Where where) noexcept {
  auto* bytes = static_cast<std::byte*>(to);
  uint64_t copied = length_bytes;
  in_schedule(StepKind::copy, to, where,
              [this, bytes, source = CopySource(from, length_bytes, copied), where] {
                source_for(source.from(), bytes,
                           [&](auto each) { fill(bytes, each, source.length_bytes(), where); });
              });
}

uint64_t Persist::copy_from_user(void* to, const void* from, uint64_t length_bytes,
                                 Where where) noexcept {
  auto* bytes = static_cast<std::byte*>(to);
  uint64_t copied = length_bytes;
  in_schedule(StepKind::copy, to, where,
              [this, bytes, source = CopySource(from, length_bytes, copied), where] {
                const UserBytes there{static_cast<const std::byte*>(source.from())};
                source.tell(fill(bytes, there, source.length_bytes(), where));
              });
  return copied;
}

void Persist::zero(void* to, uint64_t length_bytes, Where where) noexcept {
  const InPart in_part(TimePart::zero);
  auto* bytes = static_cast<std::byte*>(to);
  in_schedule(StepKind::zero, to, where,
              [this, bytes, length_bytes, where] { fill(bytes, Zeros(), length_bytes, where); });
}

uint64_t Persist::flush_lines(const std::byte* from, uint64_t length_bytes) noexcept {
  if (length_bytes == 0) return 0;
  const InPart in_part(TimePart::flush);
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
  const InPart in_part(TimePart::fence);
  in_schedule(StepKind::fence, nullptr, where, [this, where] {
    if (observer_ != nullptr) [[unlikely]]
      observer_->fenced(where);
    if (instruction_ != FlushInstruction::none) _mm_sfence();
    // What waits is the next store, which would seem to take the time.
    if (PartClock::of_thread() != nullptr) [[unlikely]]
      _mm_mfence();
    counters_.add(Counter::fences);
  });
}

}  // namespace daxlab
