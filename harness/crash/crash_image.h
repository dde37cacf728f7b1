// Every state that a crash could have left persistent memory in, for each moment of a trace.
//
// What is relied on, for x86 with write-back caches, depends on what survives a power failure: see
// OpenLines (ADR) and StoreBuffers (eADR).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "harness/crash/line_memory.h"
#include "harness/crash/open_lines.h"
#include "harness/crash/open_store.h"
#include "harness/crash/persist_trace.h"
#include "harness/crash/store_buffers.h"

namespace daxlab {

enum class PersistenceDomain : uint32_t { adr, eadr };
const char* name_of(PersistenceDomain domain);  // "ADR", "eADR"

// Goes through a trace event by event. Between events, fills one buffer with one possible image
// after the other; only words in which they differ are ever copied.
class CrashImages {
 public:
  // `before`: what was certain when the trace began.
  explicit CrashImages(std::span<const std::byte> before,
                       PersistenceDomain domain = PersistenceDomain::adr);

  PersistenceDomain domain() const { return domain_; }
  // The next event of the trace: any, marks included.
  void apply(const PersistTrace& trace, const PersistEvent& event);
  // Of a flush that comes next: whether it kept what the stores before it explain. ADR only.
  bool explains(const PersistTrace& trace, const PersistEvent& flush) const {
    return lines_->explains(trace, flush);
  }

  // Lines that are not certain: with none, there is one image only. ADR only.
  uint64_t open_lines() const { return lines_ ? lines_->count() : 0; }
  // What may be lost, see OpenLines::collect and StoreBuffers::collect.
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
  void undo(const PersistTrace& stores);
  void undo(std::span<const LineRange> stored);
  // After undo: false if something was stored to the image without telling.
  bool is_restored() const;
  // Of the image chosen last. Equal for equal images (and, of course, by chance for others).
  uint64_t fingerprint() const { return fingerprint_; }
  // The same of the image with nothing that is open.
  uint64_t certain_fingerprint() const { return certain_fingerprint_; }

 private:
  void settle();
  void put(uint64_t line, const OpenLines::LineBytes& bytes);

  PersistenceDomain domain_;
  LineMemory certain_;
  LineMemory image_;                 // the same, but for put_words_
  std::vector<uint64_t> put_words_;  // offsets
  uint64_t certain_fingerprint_ = 0;
  uint64_t fingerprint_ = 0;
  std::optional<OpenLines> lines_;       // ADR
  std::optional<StoreBuffers> buffers_;  // eADR
  std::vector<WordAt> now_certain_;      // to be settled
};

}  // namespace daxlab
