// How bytes get from a source to a sink: as whole words wherever the side that others look at has
// some. Either side may be memory of the caller, which ends where it ends: so every step says
// whether it was done, which the compiler forgets about where it cannot fail.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "core/base/sizes.h"
#include "core/base/user_memory.h"

namespace daxlab::word_copy {

// Words of memory that has, in truth, some other type.
using Word = uint64_t __attribute__((may_alias));
struct __attribute__((packed, may_alias)) LooseWord {
  uint64_t value;
};
inline constexpr uint64_t four_bytes = sizeof(FourWords);

inline uint64_t misalignment(const void* address, uint64_t unit_bytes) {
  return reinterpret_cast<uintptr_t>(address) % unit_bytes;
}
inline uint64_t bytes_to_word(const void* address) {
  return (word_bytes - misalignment(address, word_bytes)) % word_bytes;
}

// A word that lies across two words of the source: others may be storing to both, so it may be torn
// there, which nobody was promised otherwise. Not a race to report.
__attribute__((no_sanitize("thread"))) inline uint64_t load_loose_word(const std::byte* from) {
  return reinterpret_cast<const volatile LooseWord*>(from)->value;
}

// Sources of bytes, by value: what a reference leads to, stores through Word might change. byte(),
// word() and four() give what is there now; copy() copies all of it in the quickest way, and says
// how much.
struct Zeros {
  bool byte(std::byte& value) const {
    value = std::byte{0};
    return true;
  }
  bool word(uint64_t& value) const {
    value = 0;
    return true;
  }
  bool four(FourWords& value) const {
    value = {};
    return true;
  }
  Zeros after(uint64_t) const { return {}; }
  uint64_t copy(std::byte* to, uint64_t length_bytes) const {
    std::memset(to, 0, length_bytes);
    return length_bytes;
  }
};

// Of memory that is there.
struct LooseBytes {
  const std::byte* at;
  bool byte(std::byte& value) const {
    value = std::byte{__atomic_load_n(reinterpret_cast<const uint8_t*>(at), __ATOMIC_RELAXED)};
    return true;
  }
  bool word(uint64_t& value) const {
    value = load_loose_word(at);
    return true;
  }
  bool four(FourWords& value) const {
#pragma GCC unroll 4
    for (uint64_t i = 0; i < 4; ++i) value.words[i] = load_loose_word(at + i * word_bytes);
    return true;
  }
  LooseBytes after(uint64_t length_bytes) const { return {at + length_bytes}; }
  uint64_t copy(std::byte* to, uint64_t length_bytes) const {
    std::memcpy(to, at, length_bytes);
    return length_bytes;
  }
};

// The same where its words are those of the sink.
struct AlignedBytes {
  const std::byte* at;
  bool byte(std::byte& value) const { return LooseBytes{at}.byte(value); }
  bool word(uint64_t& value) const {
    value = __atomic_load_n(reinterpret_cast<const Word*>(at), __ATOMIC_RELAXED);
    return true;
  }
  bool four(FourWords& value) const {
#pragma GCC unroll 4
    for (uint64_t i = 0; i < 4; ++i) after(i * word_bytes).word(value.words[i]);
    return true;
  }
  AlignedBytes after(uint64_t length_bytes) const { return {at + length_bytes}; }
  uint64_t copy(std::byte* to, uint64_t length_bytes) const {
    return LooseBytes{at}.copy(to, length_bytes);
  }
};

// A sink of words that others load meanwhile.
struct SharedBytes {
  std::byte* at;
  bool put_byte(std::byte value) const {
    __atomic_store_n(reinterpret_cast<uint8_t*>(at), static_cast<uint8_t>(value), __ATOMIC_RELAXED);
    return true;
  }
  bool put_word(uint64_t value) const {
    __atomic_store_n(reinterpret_cast<Word*>(at), value, __ATOMIC_RELAXED);
    return true;
  }
  bool put_four(const FourWords& value) const {
#pragma GCC unroll 4
    for (uint64_t i = 0; i < 4; ++i) after(i * word_bytes).put_word(value.words[i]);
    return true;
  }
  SharedBytes after(uint64_t length_bytes) const { return {at + length_bytes}; }
};

// Bytes of `from` go to `to`, as far as both are there; how many is returned.
template <class Sink, class Source>
uint64_t move_bytes(Sink to, Source from, uint64_t length_bytes) {
  for (uint64_t i = 0; i < length_bytes; ++i) {
    std::byte value;
    if (!from.after(i).byte(value) || !to.after(i).put_byte(value)) return i;
  }
  return length_bytes;
}

// The same of whole words, where four of them or one could not be moved: its first bytes may be.
// Far away, so that the loops before need no registers for it.
template <class Sink, class Source>
[[gnu::noinline, gnu::cold]] uint64_t move_last_words(Sink to, Source from, uint64_t done,
                                                      uint64_t length_bytes) {
  for (; done < length_bytes; done += word_bytes) {
    uint64_t value;
    if (from.after(done).word(value) && to.after(done).put_word(value)) continue;
    const uint64_t bytes = move_bytes(to.after(done), from.after(done), word_bytes);
    if (bytes < word_bytes) return done + bytes;
  }
  return length_bytes;
}

template <class Sink, class Source>
uint64_t move_words(Sink to, Source from, uint64_t length_bytes) {
  uint64_t done = 0;
  for (; done + four_bytes <= length_bytes; done += four_bytes) {
    FourWords value;
    if (!from.after(done).four(value) || !to.after(done).put_four(value)) [[unlikely]]
      return move_last_words(to, from, done, length_bytes);
  }
  for (; done < length_bytes; done += word_bytes) {
    uint64_t value;
    if (!from.after(done).word(value) || !to.after(done).put_word(value)) [[unlikely]]
      return move_last_words(to, from, done, length_bytes);
  }
  return length_bytes;
}

// Bytes up to the first word, words, bytes.
template <class Sink, class Source>
[[gnu::noinline]] uint64_t move_ragged(Sink to, Source from, uint64_t bytes_to_words,
                                       uint64_t length_bytes) {
  const uint64_t head_bytes = std::min(length_bytes, bytes_to_words);
  const uint64_t tail_bytes = (length_bytes - head_bytes) % word_bytes;
  const uint64_t words_end = length_bytes - tail_bytes;
  uint64_t done = move_bytes(to, from, head_bytes);
  if (done < head_bytes) return done;
  done += move_words(to.after(done), from.after(done), words_end - done);
  if (done < words_end) return done;
  return done + move_bytes(to.after(done), from.after(done), tail_bytes);
}

// `bytes_to_words`: to where words begin on the side that others look at.
template <class Sink, class Source>
uint64_t move_run(Sink to, Source from, uint64_t bytes_to_words, uint64_t length_bytes) {
  const bool only_words = bytes_to_words == 0 && length_bytes % word_bytes == 0;
  return only_words ? move_words(to, from, length_bytes)
                    : move_ragged(to, from, bytes_to_words, length_bytes);
}

// Memory of the caller, as either side.
struct UserBytes {
  const std::byte* at;
  bool byte(std::byte& value) const { return load_user_byte(at, value); }
  bool word(uint64_t& value) const { return load_user_word(at, value); }
  bool four(FourWords& value) const { return load_four_user_words(at, value); }
  UserBytes after(uint64_t length_bytes) const { return {at + length_bytes}; }
  uint64_t copy(std::byte* to, uint64_t length_bytes) const {
    return move_run(SharedBytes{to}, *this, bytes_to_word(to), length_bytes);
  }
};
struct UserSink {
  std::byte* at;
  bool put_byte(std::byte value) const { return store_user_byte(at, value); }
  bool put_word(uint64_t value) const { return store_user_word(at, value); }
  bool put_four(const FourWords& value) const { return store_four_user_words(at, value); }
  UserSink after(uint64_t length_bytes) const { return {at + length_bytes}; }
};

}  // namespace daxlab::word_copy
