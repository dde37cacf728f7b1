#include "harness/crash/crash_image.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace daxlab {
namespace {

constexpr uint64_t words_per_line = cache_line_bytes / sizeof(uint64_t);

uint64_t fingerprint_of(uint64_t line, const std::byte* bytes) {
  uint64_t print = mix_bits(line + 1);
  for (uint64_t i = 0; i < words_per_line; ++i) {
    uint64_t word = 0;
    std::memcpy(&word, bytes + i * sizeof word, sizeof word);
    print = (print ^ word) * 0x9e3779b97f4a7c15u;
    print ^= print >> 29;
  }
  return mix_bits(print);
}

std::byte* line_in(const LineMemory& memory, uint64_t line) {
  return memory.bytes().data() + line * cache_line_bytes;
}

}  // namespace

LineMemory::LineMemory(std::span<const std::byte> bytes)
    : lines_(new Line[bytes.size() / cache_line_bytes]), size_bytes_(bytes.size()) {
  assert(bytes.size() % cache_line_bytes == 0);
  std::memcpy(lines_.get(), bytes.data(), bytes.size());
}

CrashImages::CrashImages(std::span<const std::byte> before)
    : certain_(before), image_(before), index_(before.size() / cache_line_bytes, not_open) {}

void CrashImages::apply(const Trace& trace, const TraceEvent& event) {
  switch (event.kind) {
    case EventKind::word:
    case EventKind::bytes:
      return store(event.offset_bytes, trace.bytes_of(event));
    case EventKind::flush:
      // What lies in a line at its flush counts, however it came there.
      if (trace.seen != StoresSeen::all) store(event.offset_bytes, trace.bytes_of(event));
      return flush(event.offset_bytes, event.length_bytes);
    case EventKind::fence:
      return fence();
    case EventKind::op_begins:
    case EventKind::op_ends:
      return;
  }
}

CrashImages::LineBytes CrashImages::certain(uint64_t line) const {
  LineBytes bytes;
  std::memcpy(bytes.data(), line_in(certain_, line), bytes.size());
  return bytes;
}

CrashImages::LineBytes CrashImages::cached(uint64_t line) const {
  return index_[line] == not_open ? certain(line) : open_[index_[line]].versions.back();
}

void CrashImages::cache(uint64_t line, const LineBytes& bytes) {
  if (bytes == cached(line)) return;
  if (index_[line] == not_open) {
    index_[line] = static_cast<uint32_t>(open_.size());
    open_.push_back({.line = line, .versions = {}, .flushed = 0});
  }
  open_[index_[line]].versions.push_back(bytes);
}

void CrashImages::store(uint64_t offset_bytes, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const uint64_t start = offset_bytes % cache_line_bytes;
    const uint64_t length = std::min(cache_line_bytes - start, bytes.size());
    LineBytes line = cached(offset_bytes / cache_line_bytes);
    std::memcpy(line.data() + start, bytes.data(), length);
    cache(offset_bytes / cache_line_bytes, line);
    offset_bytes += length;
    bytes = bytes.subspan(length);
  }
}

void CrashImages::flush(uint64_t offset_bytes, uint64_t length_bytes) {
  const uint64_t first = offset_bytes / cache_line_bytes;
  for (uint64_t line = first; line < first + length_bytes / cache_line_bytes; ++line) {
    if (index_[line] == not_open) continue;
    OpenLine& open = open_[index_[line]];
    open.flushed = open.versions.size();
  }
}

bool CrashImages::explains(const Trace& trace, const TraceEvent& flush) const {
  std::span<const std::byte> kept = trace.bytes_of(flush);
  for (uint64_t line = flush.offset_bytes / cache_line_bytes; !kept.empty(); ++line) {
    if (!std::ranges::equal(kept.first(cache_line_bytes), cached(line))) return false;
    kept = kept.subspan(cache_line_bytes);
  }
  return true;
}

void CrashImages::fence() {
  put_back();
  for (size_t i = 0; i < open_.size();) {
    OpenLine& open = open_[i];
    if (open.flushed == 0) {
      ++i;
      continue;
    }
    const LineBytes& now_certain = open.versions[open.flushed - 1];
    certain_fingerprint_ ^= fingerprint_of(open.line, line_in(certain_, open.line)) ^
                            fingerprint_of(open.line, now_certain.data());
    std::memcpy(line_in(certain_, open.line), now_certain.data(), cache_line_bytes);
    std::memcpy(line_in(image_, open.line), now_certain.data(), cache_line_bytes);
    open.versions.erase(open.versions.begin(),
                        open.versions.begin() + static_cast<ptrdiff_t>(open.flushed));
    open.flushed = 0;
    if (!open.versions.empty()) {
      ++i;
      continue;
    }
    index_[open.line] = not_open;
    if (i + 1 < open_.size()) {
      open = std::move(open_.back());
      index_[open.line] = static_cast<uint32_t>(i);
    }
    open_.pop_back();
  }
  fingerprint_ = certain_fingerprint_;
}

void CrashImages::put(uint64_t line, const LineBytes& bytes) {
  fingerprint_ ^= fingerprint_of(line, line_in(image_, line)) ^ fingerprint_of(line, bytes.data());
  std::memcpy(line_in(image_, line), bytes.data(), bytes.size());
  put_lines_.push_back(line);
}

void CrashImages::put_back() {
  for (uint64_t line : put_lines_) {
    std::memcpy(line_in(image_, line), line_in(certain_, line), cache_line_bytes);
  }
  put_lines_.clear();
  fingerprint_ = certain_fingerprint_;
}

void CrashImages::drop_open_lines() { put_back(); }

CrashImages::LineBytes CrashImages::torn(const OpenLine& open, Random& random) const {
  LineBytes line = certain(open.line);
  for (uint64_t at = 0; at < line.size(); at += sizeof(uint64_t)) {
    const uint64_t version = random.below(open.versions.size() + 1);
    if (version == 0) continue;
    std::memcpy(line.data() + at, open.versions[version - 1].data() + at, sizeof(uint64_t));
  }
  return line;
}

// Mistakes hide in few lines: besides any mixture, all lines but one are kept, or one alone, or
// all.
void CrashImages::choose(uint64_t seed) {
  put_back();
  if (open_.empty()) return;
  Random random(seed);
  const uint64_t one = random.below(open_.size());
  enum { all, all_but_one, one_alone, any_mixture };
  const uint64_t choice = random.below(4);
  for (uint64_t i = 0; i < open_.size(); ++i) {
    const OpenLine& open = open_[i];
    uint64_t fate = random.below(3);  // lost, kept, torn
    if (choice == all) fate = 1;
    if (choice == all_but_one) fate = i != one ? 1 : fate == 1 ? 0 : fate;
    if (choice == one_alone) fate = i != one ? 0 : fate == 0 ? 1 : fate;
    if (fate == 1) put(open.line, open.versions.back());
    if (fate == 2) put(open.line, torn(open, random));
  }
}

void CrashImages::undo(const Trace& stores) {
  for (const TraceEvent& event : stores.events) {
    if (event.kind != EventKind::word && event.kind != EventKind::bytes) continue;
    const uint64_t first = event.offset_bytes / cache_line_bytes;
    const uint64_t last = (event.offset_bytes + event.length_bytes - 1) / cache_line_bytes;
    std::memcpy(line_in(image_, first), line_in(certain_, first),
                (last + 1 - first) * cache_line_bytes);
  }
  put_back();
}

bool CrashImages::is_restored() const {
  return put_lines_.empty() && std::ranges::equal(certain_.bytes(), image_.bytes());
}

}  // namespace daxlab
