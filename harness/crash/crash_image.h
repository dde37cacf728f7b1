// Every state that a crash could have left persistent memory in, for each moment of a trace.
//
// What is relied on, for x86 with write-back caches and ADR (the memory controller's queues survive
// a power failure, caches and store buffers do not):
//   - A store may become durable at any time after it was made: a cache evicts when it likes.
//   - It is certain to be durable only once its line was flushed (CLWB, CLFLUSHOPT, CLFLUSH), or it
//     was stored past the cache, and an SFENCE of the thread that flushed followed. A flush covers
//     what the line held at that moment, whoever stored it; stores between flush and fence are as
//     open as any. A fence says nothing about what other threads flushed.
//   - Aligned words of 8 bytes become durable whole.
// What is not relied on, though processors may give it: that a line becomes durable whole, or that
// stores to one line do so in their order. Each word of an open line may hold any value that it
// held since it was last certain, whatever its neighbours hold. Lines are independent in any case.
//
// With eADR the caches survive too: a store is durable as soon as it has left the store buffer.
//   - Stores of one thread leave it in their order, so a crash keeps the first so many of them.
//   - Stores past the cache (whole lines of long copies) become durable in any order.
//   - Both are certain after the next SFENCE of their thread; flushes are in vain.
//   - An operation that begins in one thread comes after those that have ended in others, which it
//     could only know by a later store of theirs: what those stored through the cache had left the
//     store buffer before.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/base/source_location.h"
#include "core/region/persist.h"
#include "harness/crash/persist_trace.h"
#include "harness/histories/random.h"

namespace daxlab {

enum class PersistenceDomain : uint32_t { adr, eadr };
const char* name_of(PersistenceDomain domain);  // "ADR", "eADR"

// Bytes aligned to cache lines: as good as a region's memory.
class LineMemory {
 public:
  explicit LineMemory(std::span<const std::byte> bytes);  // whole lines
  std::span<std::byte> bytes() const { return {start(), size_bytes_}; }
  uint64_t& word_at(uint64_t offset_bytes) const {
    return *reinterpret_cast<uint64_t*>(start() + offset_bytes);
  }

 private:
  std::byte* start() const { return reinterpret_cast<std::byte*>(lines_.get()); }
  struct alignas(cache_line_bytes) Line {
    std::byte bytes[cache_line_bytes];
  };
  std::unique_ptr<Line[]> lines_;
  uint64_t size_bytes_;
};

// A word that may or may not be durable.
struct OpenStore {
  uint64_t offset_bytes = 0;
  uint64_t value = 0;
  uint32_t thread = 0;
  bool past_cache = false;
  SourceLocation where;
  bool answered = false;  // its operation has ended
};

// Whole lines of memory, by their offsets.
struct LineRange {
  uint64_t offset_bytes = 0;
  uint64_t length_bytes = 0;
};

// Goes through a trace event by event. Between events, fills one buffer with one possible image
// after the other; only words in which they differ are ever copied.
class CrashImages {
 public:
  // `before`: what was certain when the trace began.
  explicit CrashImages(std::span<const std::byte> before,
                       PersistenceDomain domain = PersistenceDomain::adr);

  PersistenceDomain domain() const { return domain_; }
  // The next event of the trace: any, marks included.
  void apply(const Trace& trace, const TraceEvent& event);
  // Of a flush that comes next: whether it kept what the stores before it explain. ADR only.
  bool explains(const Trace& trace, const TraceEvent& flush) const;

  // Lines that are not certain: with none, there is one image only. ADR only.
  uint64_t open_lines() const { return open_.size(); }
  // With ADR: each value but the certain one that a word of an open line held since it was certain,
  // once, by word and then in their order. With eADR: each word stored by a thread since its last
  // fence, in the order of the trace, where that may change something.
  void collect_open(std::vector<OpenStore>& into) const;
  uint64_t certain_word(uint64_t offset_bytes) const { return certain_.word_at(offset_bytes); }
  // As a program sees it that goes on.
  uint64_t newest_word(uint64_t offset_bytes) const;
  std::span<const std::byte> certain_bytes() const { return certain_.bytes(); }

  // The image with every open line as it was last certain.
  void drop_open_lines();
  // One of the others, by a seed: each open line as it was certain, as it is in the cache, or torn.
  // ADR only.
  void choose(uint64_t seed);
  // Changes one word of the image until another one is chosen.
  void put_word(uint64_t offset_bytes, uint64_t value);
  // The image chosen last. Whoever stores to it tells so before the next one is chosen.
  std::span<std::byte> image() const { return image_.bytes(); }
  // The stores of that trace went to the image, recorded there; or stores to these lines did. The
  // image is as after drop_open_lines().
  void undo(const Trace& stores);
  void undo(std::span<const LineRange> stored);
  // After undo: false if something was stored to the image without telling.
  bool is_restored() const;
  // Of the image chosen last. Equal for equal images (and, of course, by chance for others).
  uint64_t fingerprint() const { return fingerprint_; }
  // The same of the image with nothing that is open.
  uint64_t certain_fingerprint() const { return certain_fingerprint_; }

 private:
  using LineBytes = std::array<std::byte, cache_line_bytes>;
  struct Version {
    LineBytes bytes;
    SourceLocation where;
    uint32_t thread;
  };
  struct OpenLine {
    uint64_t line = 0;
    std::vector<Version> versions;  // what it held since it was certain; the last is in the cache
    // Thread, and so many versions that end with what its next fence makes certain.
    std::vector<std::pair<uint32_t, uint64_t>> flushed;
  };

  void collect_lines(std::vector<OpenStore>& into) const;
  void collect_buffered(std::vector<OpenStore>& into) const;
  LineBytes certain(uint64_t line) const;
  LineBytes cached(uint64_t line) const;
  void cache(uint64_t line, const LineBytes& bytes, const TraceEvent& event);
  void store(const TraceEvent& event, std::span<const std::byte> bytes);
  void store_words(const TraceEvent& event, std::span<const std::byte> bytes);
  void flush(const TraceEvent& event);
  void fence_lines(uint32_t thread);
  void fence_words(uint32_t thread);
  void settle(const std::function<bool(const OpenStore&)>& is_certain);
  void note_operation(const TraceEvent& event);
  void make_certain(uint64_t offset_bytes, uint64_t value);
  LineBytes torn(const OpenLine& open, Random& random) const;
  void put(uint64_t line, const LineBytes& bytes);

  static constexpr uint32_t not_open = UINT32_MAX;
  PersistenceDomain domain_;
  LineMemory certain_;
  LineMemory image_;                 // the same, but for put_words_
  std::vector<uint64_t> put_words_;  // offsets
  uint64_t certain_fingerprint_ = 0;
  uint64_t fingerprint_ = 0;
  // ADR
  std::vector<uint32_t> index_;  // of each line in open_
  std::vector<OpenLine> open_;
  mutable std::vector<const OpenLine*> sorted_;  // kept for its memory
  // eADR
  LineMemory newest_;
  std::vector<OpenStore> buffered_;
  mutable std::vector<uint32_t> marks_;  // of each word, for whoever goes through buffered_; else 0
};

}  // namespace daxlab
