// With ADR (the memory controller's queues survive a power failure, caches and store buffers do
// not): the lines of a region that are not certain to be durable.
//   - A store may become durable at any time after it was made: a cache evicts when it likes.
//   - It is certain to be durable only once its line was flushed (CLWB, CLFLUSHOPT, CLFLUSH), or it
//     was stored past the cache, and an SFENCE of the thread that flushed followed. A flush covers
//     what the line held at that moment, whoever stored it; stores between flush and fence are as
//     open as any. A fence says nothing about what other threads flushed.
//   - Aligned words of 8 bytes become durable whole.
// What is not relied on, though processors may give it: that a line becomes durable whole, or that
// stores to one line do so in their order. Each word of an open line may hold any value that it
// held since it was last certain, whatever its neighbours hold. Lines are independent in any case.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "harness/crash/line_memory.h"
#include "harness/crash/open_store.h"
#include "harness/crash/persist_trace.h"
#include "harness/histories/random.h"

namespace daxlab {

class OpenLines {
 public:
  using LineBytes = std::array<std::byte, cache_line_bytes>;

  // What is certain: outlives it, and who owns it keeps it up to date.
  explicit OpenLines(std::span<const std::byte> certain);

  void store(const PersistEvent& event, std::span<const std::byte> bytes);
  void flush(const PersistEvent& event);
  // Adds the words that are certain from now on.
  void fence(uint32_t thread, std::vector<WordAt>& now_certain);

  // Whether it kept what the stores before it explain.
  bool explains(const PersistTrace& trace, const PersistEvent& flush) const;
  // Adds each value but the certain one that a word of an open line held since it was certain,
  // once, by word and then in their order.
  void collect(std::vector<OpenStore>& into) const;
  uint64_t newest_word(uint64_t offset_bytes) const;

  // In no order. As it is in the cache; each word as it ever was since it was certain.
  uint64_t count() const { return open_.size(); }
  uint64_t line(uint64_t i) const { return open_[i].line; }
  const LineBytes& newest(uint64_t i) const { return open_[i].versions.back().bytes; }
  LineBytes torn(uint64_t i, Random& random) const;

 private:
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

  LineBytes certain(uint64_t line) const;
  LineBytes cached(uint64_t line) const;
  void cache(uint64_t line, const LineBytes& bytes, const PersistEvent& event);
  void close(size_t i);

  static constexpr uint32_t not_open = UINT32_MAX;
  std::span<const std::byte> certain_;
  std::vector<uint32_t> index_;  // of each line in open_
  std::vector<OpenLine> open_;
  mutable std::vector<const OpenLine*> sorted_;  // kept for its memory
};

}  // namespace daxlab
