// Every state that a crash could have left persistent memory in, for each moment of a trace.
//
// What is relied on, for x86 with write-back caches and ADR (the memory controller's queues survive
// a power failure, caches and store buffers do not):
//   - A store may become durable at any time after it was made: a cache evicts when it likes.
//   - It is certain to be durable only once its line was flushed (CLWB, CLFLUSHOPT, CLFLUSH), or it
//     was stored past the cache, and an SFENCE of the same processor followed. A flush covers what
//     the line held at that moment; stores between flush and fence are as open as any.
//   - Aligned words of 8 bytes become durable whole.
// What is not relied on, though processors may give it: that a line becomes durable whole, or that
// stores to one line do so in their order. Each word of an open line may hold any value that it
// held since it was last certain, whatever its neighbours hold. Lines are independent in any case.
//
// Recorded is one thread, so its fences are the only ones. With eADR less can be lost, never more.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/region/persist.h"
#include "harness/crash/persist_trace.h"
#include "harness/histories/random.h"

namespace daxlab {

// Bytes aligned to cache lines: as good as a region's memory.
class LineMemory {
 public:
  explicit LineMemory(std::span<const std::byte> bytes);  // whole lines
  std::span<std::byte> bytes() const { return {lines_[0].bytes, size_bytes_}; }

 private:
  struct alignas(cache_line_bytes) Line {
    std::byte bytes[cache_line_bytes];
  };
  std::unique_ptr<Line[]> lines_;
  uint64_t size_bytes_;
};

// Goes through a trace event by event. Between events, fills one buffer with one possible image
// after the other; only lines in which they differ are ever copied.
class CrashImages {
 public:
  // `before`: what was certain when the trace began.
  explicit CrashImages(std::span<const std::byte> before);

  // The next event of the trace: any, marks included.
  void apply(const Trace& trace, const TraceEvent& event);
  // Of a flush that comes next: whether it kept what the stores before it explain.
  bool explains(const Trace& trace, const TraceEvent& flush) const;

  // Lines that are not certain: with none, there is one image only.
  uint64_t open_lines() const { return open_.size(); }

  // The image with every open line as it was last certain.
  void drop_open_lines();
  // One of the others, by a seed: each open line as it was certain, as it is in the cache, or torn.
  void choose(uint64_t seed);
  // The image chosen last. Whoever stores to it tells so before the next one is chosen.
  std::span<std::byte> image() const { return image_.bytes(); }
  // The stores of that trace went to the image, recorded there.
  void undo(const Trace& stores);
  // After undo: false if something was stored to the image without telling.
  bool is_restored() const;
  // Of the image chosen last. Equal for equal images (and, of course, by chance for others).
  uint64_t fingerprint() const { return fingerprint_; }

 private:
  using LineBytes = std::array<std::byte, cache_line_bytes>;
  struct OpenLine {
    uint64_t line = 0;
    std::vector<LineBytes> versions;  // what it held since it was certain; the last is in the cache
    uint64_t flushed = 0;  // that many versions end with what the next fence makes certain
  };

  LineBytes certain(uint64_t line) const;
  LineBytes cached(uint64_t line) const;
  void cache(uint64_t line, const LineBytes& bytes);
  void store(uint64_t offset_bytes, std::span<const std::byte> bytes);
  void flush(uint64_t offset_bytes, uint64_t length_bytes);
  void fence();
  LineBytes torn(const OpenLine& open, Random& random) const;
  void put(uint64_t line, const LineBytes& bytes);
  void put_back();

  static constexpr uint32_t not_open = UINT32_MAX;
  LineMemory certain_;
  LineMemory image_;             // the same, but for put_lines_
  std::vector<uint32_t> index_;  // of each line in open_
  std::vector<OpenLine> open_;
  std::vector<uint64_t> put_lines_;
  uint64_t certain_fingerprint_ = 0;
  uint64_t fingerprint_ = 0;
};

}  // namespace daxlab
