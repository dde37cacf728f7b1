// Stores to a region and their way to durability. Every store to a region goes through here, so
// that it can be counted, and later recorded and replayed.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/base/counters.h"
#include "core/base/source_location.h"

namespace daxlab {

inline constexpr uint64_t cache_line_bytes = 64;
// From this on, whole lines of a copy() or zero() are stored past the cache. Below it, flushing a
// few lines is cheaper than draining the buffers of non-temporal stores.
inline constexpr uint64_t stream_from_bytes = 256;

// none: for memory that nothing is ever behind, of a simulation; bytes are copied the quickest way,
// and what is seen and counted is the same.
enum class FlushInstruction : uint32_t { clwb, clflushopt, clflush, none };

// The first of the three that the processor has, by CPUID.
FlushInstruction best_flush_instruction() noexcept;
const char* name_of(FlushInstruction instruction) noexcept;  // "clwb", "none"

// Sees everything that goes to a region, with the line of code that asked for it: for replay after
// crashes that never happened. Called in the thread that stores, after the store or before the
// flush or fence; where several threads store at once, in no order that could be relied on.
class PersistObserver {
 public:
  // store_word: the kind of store that publishes.
  virtual void word_stored(const uint64_t* to, SourceLocation where) noexcept = 0;
  // copy and zero: stored, and flushed as far as `flushed` reports it right after.
  virtual void bytes_stored(const std::byte* to, uint64_t length_bytes,
                            SourceLocation where) noexcept = 0;
  // Whole lines of memory as they are now are on their way.
  virtual void flushed(const std::byte* from, uint64_t length_bytes,
                       SourceLocation where) noexcept = 0;
  virtual void fenced(SourceLocation where) noexcept = 0;

 protected:
  ~PersistObserver() = default;
};

class Persist {
 public:
  using Where = SourceLocation;

  // The processor must have the instruction. With `none`: one real thread at a time.
  explicit Persist(Counters& counters, FlushInstruction instruction = best_flush_instruction());
  const char* flush_instruction() const { return name_of(instruction_); }
  // nullptr: nobody, which costs a branch per call. Before other threads use the region.
  void observe(PersistObserver* observer) { observer_ = observer; }

  // All: any thread, signal-safe, lengths in bytes. Destinations lie in a region.

  // One aligned word, atomically, visible to other threads with release order (but not before bytes
  // that were copied or zeroed past the cache: fence() them first). Not yet durable: flush() it.
  void store_word(uint64_t* to, uint64_t value, Where where = Where::current()) noexcept;
  // The same where a simulated thread must not lose its turn: a store of a program, which is one
  // step from the page table to the word.
  void store_word_at_once(uint64_t* to, uint64_t value, Where where = Where::current()) noexcept;
  // Bytes, moved as aligned 8-byte words wherever `to` has whole ones, so that no word is ever
  // torn. Durable after the next fence(): large runs are stored past the cache, the rest is
  // flushed. Others may be storing to `from` meanwhile; ranges do not overlap.
  void copy(void* to, const void* from, uint64_t length_bytes,
            Where where = Where::current()) noexcept;
  // The same from memory of the caller's, which may not be there: as far as it is. How many bytes
  // were copied is returned, and nothing behind them is changed.
  uint64_t copy_from_user(void* to, const void* from, uint64_t length_bytes,
                          Where where = Where::current()) noexcept;
  // The same from a source of zeros.
  void zero(void* to, uint64_t length_bytes, Where where = Where::current()) noexcept;
  // Writes the lines of the range back. Durable after the next fence().
  void flush(const void* from, uint64_t length_bytes, Where where = Where::current()) noexcept;
  void fence(Where where = Where::current()) noexcept;

 private:
  struct Stored {
    uint64_t bytes, lines;
  };
  template <class Source>
  uint64_t fill(std::byte* to, Source source, uint64_t length_bytes, Where where) noexcept;
  template <class Source>
  Stored store_and_flush(std::byte* to, Source source, uint64_t length_bytes) noexcept;
  uint64_t flush_lines(const std::byte* from, uint64_t length_bytes) noexcept;

  Counters& counters_;
  PersistObserver* observer_ = nullptr;
  FlushInstruction instruction_;
  void (*flush_from_to_)(const std::byte* first, const std::byte* end) noexcept;
};

}  // namespace daxlab
