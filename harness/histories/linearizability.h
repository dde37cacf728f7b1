// Decides whether what threads saw of one 8-byte word has some order that explains all of it.
#pragma once

#include <cstdint>
#include <span>

namespace daxlab {

// The value of a word past the end of its file: what a load that is a bus error sees, and a read()
// that ends before it.
inline constexpr uint64_t past_end = UINT64_MAX;

// When a write of a word takes effect.
enum class Effect : uint32_t {
  always,
  inside_only,   // it would not have answered as it did had the word been past the end
  if_inside,     // on a word past the end it does nothing
  if_past_end,   // does nothing unless the word is past the end
  outside_only,  // it would not have answered as it did had the word been inside
  if_alike,      // does nothing unless the bits of the mask are the same as those of the value
};

// A read that answered `value`, or a write of it (zeroing writes 0). It took effect at some moment
// between two tickets of one clock, both its own.
struct WordOp {
  uint32_t thread = 0;
  bool is_read = false;
  uint64_t value = 0;
  uint64_t invoked = 0;
  uint64_t answered = 0;
  bool repeats = false;  // a write that may take effect several times between its tickets
  Effect effect = Effect::always;
  uint64_t mask = UINT64_MAX;  // the bits that a read saw
};

// True when the operations can be put into one order in which every read gives the last value
// written before it (`initial` if none), and an operation that was answered before another was
// invoked comes first. A thread's own operations never overlap; `ops` holds each thread's in their
// order.
//
// Linearizability is compositional (Herlihy and Wing, 1990): when every word by itself has such an
// order, so has the whole memory, as long as each operation is on one word. An operation on several
// words is checked as one operation on each of them, with the same tickets: it may be seen half
// done, as POSIX and the processor allow, but no word may be.
//
// The search is Wing and Gong's with Lowe's memory of configurations that led nowhere. Distinct
// values keep it short; at worst it is exponential in the writes that overlap.
bool has_explaining_order(std::span<const WordOp> ops, uint64_t initial = 0);

}  // namespace daxlab
