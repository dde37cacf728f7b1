#include "harness/crash/crash_image.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace daxlab {
namespace {

constexpr uint64_t word_bytes = sizeof(uint64_t);

uint64_t fingerprint_of(uint64_t offset_bytes, uint64_t word) {
  return mix_bits(word + mix_bits(offset_bytes + 1));
}

std::byte* line_in(const LineMemory& memory, uint64_t line) {
  return memory.bytes().data() + line * cache_line_bytes;
}

uint64_t word_in(const std::byte* bytes) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

}  // namespace

const char* name_of(PersistenceDomain domain) {
  return domain == PersistenceDomain::adr ? "ADR" : "eADR";
}

LineMemory::LineMemory(std::span<const std::byte> bytes)
    : lines_(new Line[bytes.size() / cache_line_bytes]), size_bytes_(bytes.size()) {
  assert(bytes.size() % cache_line_bytes == 0);
  if (!bytes.empty()) std::memcpy(lines_.get(), bytes.data(), bytes.size());
}

CrashImages::CrashImages(std::span<const std::byte> before, PersistenceDomain domain)
    : domain_(domain),
      certain_(before),
      image_(before),
      index_(domain == PersistenceDomain::adr ? before.size() / cache_line_bytes : 0, not_open),
      newest_(domain == PersistenceDomain::eadr ? before : std::span<const std::byte>()),
      marks_(domain == PersistenceDomain::eadr ? before.size() / word_bytes : 0) {}

void CrashImages::apply(const Trace& trace, const TraceEvent& event) {
  const bool adr = domain_ == PersistenceDomain::adr;
  switch (event.kind) {
    case EventKind::word:
    case EventKind::bytes:
      return store(event, trace.bytes_of(event));
    case EventKind::flush:
      // What lies in a line at its flush counts, however it came there.
      if (trace.seen != StoresSeen::all) store(event, trace.bytes_of(event));
      if (adr) flush(event);
      return;
    case EventKind::fence:
      drop_open_lines();
      return adr ? fence_lines(event.thread) : fence_words(event.thread);
    case EventKind::op_begins:
    case EventKind::op_ends:
      if (adr) return;
      drop_open_lines();
      return note_operation(event);
  }
}

CrashImages::LineBytes CrashImages::certain(uint64_t line) const {
  LineBytes bytes;
  std::memcpy(bytes.data(), line_in(certain_, line), bytes.size());
  return bytes;
}

CrashImages::LineBytes CrashImages::cached(uint64_t line) const {
  return index_[line] == not_open ? certain(line) : open_[index_[line]].versions.back().bytes;
}

uint64_t CrashImages::newest_word(uint64_t offset_bytes) const {
  if (domain_ == PersistenceDomain::eadr) return newest_.word_at(offset_bytes);
  const uint32_t index = index_[offset_bytes / cache_line_bytes];
  if (index == not_open) return certain_word(offset_bytes);
  return word_in(open_[index].versions.back().bytes.data() + offset_bytes % cache_line_bytes);
}

void CrashImages::cache(uint64_t line, const LineBytes& bytes, const TraceEvent& event) {
  if (bytes == cached(line)) return;
  if (index_[line] == not_open) {
    index_[line] = static_cast<uint32_t>(open_.size());
    open_.push_back({.line = line, .versions = {}, .flushed = {}});
  }
  open_[index_[line]].versions.push_back({bytes, event.where, event.thread});
}

void CrashImages::store(const TraceEvent& event, std::span<const std::byte> bytes) {
  if (domain_ == PersistenceDomain::eadr) return store_words(event, bytes);
  uint64_t offset_bytes = event.offset_bytes;
  while (!bytes.empty()) {
    const uint64_t start = offset_bytes % cache_line_bytes;
    const uint64_t length = std::min(cache_line_bytes - start, bytes.size());
    LineBytes line = cached(offset_bytes / cache_line_bytes);
    std::memcpy(line.data() + start, bytes.data(), length);
    cache(offset_bytes / cache_line_bytes, line, event);
    offset_bytes += length;
    bytes = bytes.subspan(length);
  }
}

// Even a word that was so before is kept: the store that made it so may be another thread's, and
// lost.
void CrashImages::store_words(const TraceEvent& event, std::span<const std::byte> bytes) {
  const bool is_long = event.kind == EventKind::bytes && bytes.size() >= stream_from_bytes;
  const uint64_t end = event.offset_bytes + bytes.size();
  const uint64_t first_whole =
      (event.offset_bytes + cache_line_bytes - 1) / cache_line_bytes * cache_line_bytes;
  const uint64_t end_of_whole = end / cache_line_bytes * cache_line_bytes;
  for (uint64_t at = event.offset_bytes; at < end; at += word_bytes) {
    const uint64_t value = word_in(bytes.data() + (at - event.offset_bytes));
    const bool past_cache = is_long && at >= first_whole && at < end_of_whole;
    if (event.kind == EventKind::flush && value == newest_.word_at(at)) continue;
    newest_.word_at(at) = value;
    buffered_.push_back({at, value, event.thread, past_cache, event.where, false});
  }
}

void CrashImages::flush(const TraceEvent& event) {
  const uint64_t first = event.offset_bytes / cache_line_bytes;
  const uint64_t end = first + event.length_bytes / cache_line_bytes;
  for (uint64_t line = first; line < end; ++line) {
    if (index_[line] == not_open) continue;
    OpenLine& open = open_[index_[line]];
    const auto own =
        std::ranges::find(open.flushed, event.thread, [](auto& one) { return one.first; });
    if (own != open.flushed.end()) {
      own->second = open.versions.size();
    } else {
      open.flushed.push_back({event.thread, open.versions.size()});
    }
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

// Nothing is put into the image now.
void CrashImages::make_certain(uint64_t offset_bytes, uint64_t value) {
  uint64_t& word = certain_.word_at(offset_bytes);
  if (word == value) return;
  certain_fingerprint_ ^= fingerprint_of(offset_bytes, word) ^ fingerprint_of(offset_bytes, value);
  fingerprint_ = certain_fingerprint_;
  word = value;
  image_.word_at(offset_bytes) = value;
}

void CrashImages::fence_lines(uint32_t thread) {
  for (size_t i = 0; i < open_.size();) {
    OpenLine& open = open_[i];
    const auto own = std::ranges::find(open.flushed, thread, [](auto& one) { return one.first; });
    if (own == open.flushed.end()) {
      ++i;
      continue;
    }
    const uint64_t count = own->second;
    open.flushed.erase(own);
    if (count > 0) {
      const LineBytes& now_certain = open.versions[count - 1].bytes;
      for (uint64_t at = 0; at < now_certain.size(); at += word_bytes) {
        make_certain(open.line * cache_line_bytes + at, word_in(now_certain.data() + at));
      }
      open.versions.erase(open.versions.begin(),
                          open.versions.begin() + static_cast<ptrdiff_t>(count));
      for (auto& [other, others] : open.flushed) others -= std::min(others, count);
    }
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
}

// What another thread had stored to the same words before is overtaken: whether it left its store
// buffer or not, these came later.
void CrashImages::fence_words(uint32_t thread) {
  settle([thread](const OpenStore& one) { return one.thread == thread; });
}

// A word's mark: one more than the place of the last of these stores to it.
void CrashImages::settle(const std::function<bool(const OpenStore&)>& is_certain) {
  bool any = false;
  for (size_t i = 0; i < buffered_.size(); ++i) {
    if (!is_certain(buffered_[i])) continue;
    marks_[buffered_[i].offset_bytes / word_bytes] = static_cast<uint32_t>(i + 1);
    any = true;
  }
  if (!any) return;
  size_t kept = 0;
  for (size_t i = 0; i < buffered_.size(); ++i) {
    uint32_t& mark = marks_[buffered_[i].offset_bytes / word_bytes];
    if (i >= mark) {
      buffered_[kept++] = buffered_[i];
    } else if (i + 1 == mark) {
      make_certain(buffered_[i].offset_bytes, buffered_[i].value);
      mark = 0;
    }
  }
  buffered_.resize(kept);
}

void CrashImages::note_operation(const TraceEvent& event) {
  const uint32_t thread = event.thread;
  if (event.kind == EventKind::op_ends) {
    for (OpenStore& one : buffered_) one.answered = one.answered || one.thread == thread;
    return;
  }
  settle([thread](const OpenStore& one) {
    return one.answered && one.thread != thread && !one.past_cache;
  });
}

void CrashImages::collect_open(std::vector<OpenStore>& into) const {
  into.clear();
  domain_ == PersistenceDomain::eadr ? collect_buffered(into) : collect_lines(into);
}

// What changes nothing and lies over nothing is left out.
void CrashImages::collect_buffered(std::vector<OpenStore>& into) const {
  for (const OpenStore& one : buffered_) {
    uint32_t& is_changed = marks_[one.offset_bytes / word_bytes];
    if (is_changed == 0 && one.value == certain_word(one.offset_bytes)) continue;
    is_changed = 1;
    into.push_back(one);
  }
  for (const OpenStore& one : into) marks_[one.offset_bytes / word_bytes] = 0;
}

void CrashImages::collect_lines(std::vector<OpenStore>& into) const {
  sorted_.clear();
  for (const OpenLine& open : open_) sorted_.push_back(&open);
  std::ranges::sort(sorted_, {}, &OpenLine::line);
  for (const OpenLine* open : sorted_) {
    for (uint64_t at = 0; at < cache_line_bytes; at += word_bytes) {
      const uint64_t offset_bytes = open->line * cache_line_bytes + at;
      const size_t first = into.size();
      const uint64_t old = certain_word(offset_bytes);
      for (const Version& version : open->versions) {
        const uint64_t value = word_in(version.bytes.data() + at);
        const auto known = std::find_if(into.begin() + static_cast<ptrdiff_t>(first), into.end(),
                                        [&](const OpenStore& one) { return one.value == value; });
        if (value == old || known != into.end()) continue;
        into.push_back({offset_bytes, value, version.thread, false, version.where, false});
      }
    }
  }
}

void CrashImages::put_word(uint64_t offset_bytes, uint64_t value) {
  uint64_t& word = image_.word_at(offset_bytes);
  if (word == value) return;
  fingerprint_ ^= fingerprint_of(offset_bytes, word) ^ fingerprint_of(offset_bytes, value);
  word = value;
  put_words_.push_back(offset_bytes);
}

void CrashImages::put(uint64_t line, const LineBytes& bytes) {
  for (uint64_t at = 0; at < bytes.size(); at += word_bytes) {
    put_word(line * cache_line_bytes + at, word_in(bytes.data() + at));
  }
}

void CrashImages::drop_open_lines() {
  for (uint64_t at : put_words_) image_.word_at(at) = certain_.word_at(at);
  put_words_.clear();
  fingerprint_ = certain_fingerprint_;
}

CrashImages::LineBytes CrashImages::torn(const OpenLine& open, Random& random) const {
  LineBytes line = certain(open.line);
  for (uint64_t at = 0; at < line.size(); at += word_bytes) {
    const uint64_t version = random.below(open.versions.size() + 1);
    if (version == 0) continue;
    std::memcpy(line.data() + at, open.versions[version - 1].bytes.data() + at, word_bytes);
  }
  return line;
}

// Mistakes hide in few lines: besides any mixture, all lines but one are kept, or one alone, or
// all.
void CrashImages::choose(uint64_t seed) {
  drop_open_lines();
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
    if (fate == 1) put(open.line, open.versions.back().bytes);
    if (fate == 2) put(open.line, torn(open, random));
  }
}

void CrashImages::undo(std::span<const LineRange> stored) {
  for (const LineRange& lines : stored) {
    std::memcpy(image_.bytes().data() + lines.offset_bytes,
                certain_.bytes().data() + lines.offset_bytes, lines.length_bytes);
  }
  drop_open_lines();
}

void CrashImages::undo(const Trace& stores) {
  for (const TraceEvent& event : stores.events) {
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
