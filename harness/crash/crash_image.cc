#include "harness/crash/crash_image.h"

#include <cstring>

#include "core/base/sizes.h"
#include "harness/crash/line_fates.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

uint64_t fingerprint_of_word(uint64_t offset_bytes, uint64_t word) {
  return mix_bits(word + mix_bits(offset_bytes + 1));
}

}  // namespace

const char* name_of(PersistenceDomain domain) {
  return domain == PersistenceDomain::adr ? "ADR" : "eADR";
}

CrashImages::CrashImages(std::span<const std::byte> before, PersistenceDomain domain)
    : domain_(domain), certain_(before), image_(before) {
  if (domain == PersistenceDomain::adr) {
    lines_.emplace(certain_.bytes());
  } else {
    buffers_.emplace(certain_.bytes());
  }
}

void CrashImages::apply(const PersistTrace& trace, const PersistEvent& event) {
  // What lies in a line at its flush counts, however it came there.
  const bool stores = event.kind == EventKind::word || event.kind == EventKind::bytes ||
                      (event.kind == EventKind::flush && trace.seen != StoresSeen::all);
  if (stores && lines_) lines_->store(event, trace.bytes_of(event));
  if (stores && buffers_) buffers_->store(event, trace.bytes_of(event));
  switch (event.kind) {
    case EventKind::word:
    case EventKind::bytes:
      return;
    case EventKind::flush:
      if (lines_) lines_->flush(event);
      return;
    case EventKind::fence:
      if (lines_) lines_->fence(event.thread, now_certain_);
      if (buffers_) buffers_->fence(event.thread, now_certain_);
      break;
    case EventKind::op_begins:
      if (buffers_) buffers_->op_begins(event.thread, now_certain_);
      break;
    case EventKind::op_ends:
      if (buffers_) buffers_->op_ends(event.thread);
      break;
  }
  if (buffers_ || event.kind == EventKind::fence) settle();
}

// What was put into the image is gone then.
void CrashImages::settle() {
  drop_open_lines();
  for (const auto& [offset_bytes, value] : now_certain_) {
    uint64_t& word = certain_.word_at(offset_bytes);
    if (word == value) continue;
    certain_fingerprint_ ^=
        fingerprint_of_word(offset_bytes, word) ^ fingerprint_of_word(offset_bytes, value);
    word = value;
    image_.word_at(offset_bytes) = value;
  }
  fingerprint_ = certain_fingerprint_;
  now_certain_.clear();
}

uint64_t CrashImages::newest_word(uint64_t offset_bytes) const {
  return lines_ ? lines_->newest_word(offset_bytes) : buffers_->newest_word(offset_bytes);
}

void CrashImages::collect_open(std::vector<OpenStore>& into) const {
  into.clear();
  lines_ ? lines_->collect(into) : buffers_->collect(into);
}

void CrashImages::put_word(uint64_t offset_bytes, uint64_t value) {
  uint64_t& word = image_.word_at(offset_bytes);
  if (word == value) return;
  fingerprint_ ^=
      fingerprint_of_word(offset_bytes, word) ^ fingerprint_of_word(offset_bytes, value);
  word = value;
  put_words_.push_back(offset_bytes);
}

void CrashImages::put(uint64_t line, const OpenLines::LineBytes& bytes) {
  for (uint64_t at = 0; at < bytes.size(); at += word_bytes) {
    put_word(line * cache_line_bytes + at, word_in(bytes.data() + at));
  }
}

void CrashImages::drop_open_lines() {
  for (uint64_t at : put_words_) image_.word_at(at) = certain_.word_at(at);
  put_words_.clear();
  fingerprint_ = certain_fingerprint_;
}

void CrashImages::choose(uint64_t seed) {
  drop_open_lines();
  if (open_lines() == 0) return;
  Random random(seed);
  LineFates fates(random, open_lines());
  for (uint64_t i = 0; i < open_lines(); ++i) {
    const LineFate fate = fates.next();
    if (fate == LineFate::kept) put(lines_->line(i), lines_->newest(i));
    if (fate == LineFate::torn) put(lines_->line(i), lines_->torn(i, random));
  }
}

void CrashImages::undo(std::span<const LineRange> stored) {
  for (const LineRange& lines : stored) {
    std::memcpy(image_.bytes().data() + lines.offset_bytes,
                certain_.bytes().data() + lines.offset_bytes, lines.length_bytes);
  }
  drop_open_lines();
}

void CrashImages::undo(const PersistTrace& stores) {
  for (const PersistEvent& event : stores.events) {
    if (event.kind != EventKind::word && event.kind != EventKind::bytes) continue;
    std::memcpy(image_.bytes().data() + event.offset_bytes,
                certain_.bytes().data() + event.offset_bytes, event.length_bytes);
  }
  drop_open_lines();
}

bool CrashImages::is_restored() const {
  return put_words_.empty() &&
         std::memcmp(certain_.bytes().data(), image_.bytes().data(), image_.bytes().size()) == 0;
}

}  // namespace daxlab
