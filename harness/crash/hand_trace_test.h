// Traces made by hand, event by event and thread by thread, over memory of the test's own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <span>
#include <vector>

#include "harness/crash/crash_image.h"
#include "harness/crash/image_choices.h"
#include "harness/crash/persist_trace.h"

namespace daxlab {

inline constexpr uint64_t words_of_a_line = cache_line_bytes / sizeof(uint64_t);

// Words are numbered from the start of the memory.
class HandTrace {
 public:
  explicit HandTrace(std::span<const std::byte> before) : before_(before.begin(), before.end()) {}

  HandTrace& by(uint32_t thread) {
    thread_ = thread;
    return *this;
  }
  HandTrace& store(uint64_t word, uint64_t value) { return add(EventKind::word, word, {value}); }
  // One copy.
  HandTrace& copy(uint64_t word, const std::vector<uint64_t>& values) {
    return add(EventKind::bytes, word, values);
  }
  // Of whole lines, those of the words.
  HandTrace& flush(uint64_t word, uint64_t words = 1) {
    const uint64_t first = word / words_of_a_line * words_of_a_line;
    const uint64_t end = (word + words + words_of_a_line - 1) / words_of_a_line * words_of_a_line;
    trace_.events.push_back({.kind = EventKind::flush,
                             .offset_bytes = first * sizeof(uint64_t),
                             .length_bytes = (end - first) * sizeof(uint64_t),
                             .where = SourceLocation::current(),
                             .thread = thread_});
    return *this;
  }
  HandTrace& mark(EventKind begins_or_ends) {
    trace_.events.push_back({.kind = begins_or_ends, .where = {}, .thread = thread_});
    return *this;
  }
  HandTrace& fence() {
    trace_.events.push_back(
        {.kind = EventKind::fence, .where = SourceLocation::current(), .thread = thread_});
    return *this;
  }

  const PersistTrace& trace() const { return trace_; }
  const std::vector<std::byte>& before() const { return before_; }

  // As they stand after all of it.
  CrashImages images(PersistenceDomain domain = PersistenceDomain::adr) const {
    CrashImages images(before_, domain);
    for (const PersistEvent& event : trace_.events) images.apply(trace_, event);
    return images;
  }
  // The first `words` words of every image that a crash after all this can leave, unpruned.
  std::set<std::vector<uint64_t>> states(uint64_t words,
                                         PersistenceDomain domain = PersistenceDomain::adr) const {
    CrashImages images = this->images(domain);
    ImageChoices choices(false);
    choices.find(images);
    std::set<std::vector<uint64_t>> seen;
    for (uint64_t number = 0; number < choices.count(true); ++number) {
      choices.put(number, images);
      std::vector<uint64_t> image(words);
      std::memcpy(image.data(), images.image().data(), words * sizeof(uint64_t));
      seen.insert(image);
    }
    return seen;
  }
  // How many images the choices number, pruned.
  uint64_t count(bool mixed = false, PersistenceDomain domain = PersistenceDomain::adr) const {
    ImageChoices choices;
    choices.find(images(domain));
    return choices.count(mixed);
  }

 private:
  HandTrace& add(EventKind kind, uint64_t word, const std::vector<uint64_t>& values) {
    const auto bytes = std::as_bytes(std::span(values));
    trace_.events.push_back({.kind = kind,
                             .offset_bytes = word * sizeof(uint64_t),
                             .length_bytes = bytes.size(),
                             .kept_at = trace_.kept->size(),
                             .where = SourceLocation::current(),
                             .thread = thread_});
    trace_.kept->insert(trace_.kept->end(), bytes.begin(), bytes.end());
    return *this;
  }

  std::vector<std::byte> before_;
  PersistTrace trace_;
  uint32_t thread_ = 0;
};

}  // namespace daxlab
