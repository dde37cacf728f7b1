#include "harness/crash/open_lines.h"

#include <algorithm>
#include <cstring>

#include "core/base/sizes.h"

namespace daxlab {

OpenLines::OpenLines(std::span<const std::byte> certain)
    : certain_(certain), index_(certain.size() / cache_line_bytes, not_open) {}

OpenLines::LineBytes OpenLines::certain(uint64_t line) const {
  LineBytes bytes;
  std::memcpy(bytes.data(), certain_.data() + line * cache_line_bytes, bytes.size());
  return bytes;
}

OpenLines::LineBytes OpenLines::cached(uint64_t line) const {
  return index_[line] == not_open ? certain(line) : newest(index_[line]);
}

uint64_t OpenLines::newest_word(uint64_t offset_bytes) const {
  const uint32_t index = index_[offset_bytes / cache_line_bytes];
  if (index == not_open) return word_in(certain_.data() + offset_bytes);
  return word_in(newest(index).data() + offset_bytes % cache_line_bytes);
}

void OpenLines::cache(uint64_t line, const LineBytes& bytes, const PersistEvent& event) {
  if (bytes == cached(line)) return;
  if (index_[line] == not_open) {
    index_[line] = static_cast<uint32_t>(open_.size());
    open_.push_back({.line = line, .versions = {}, .flushed = {}});
  }
  open_[index_[line]].versions.push_back({bytes, event.where, event.thread});
}

void OpenLines::store(const PersistEvent& event, std::span<const std::byte> bytes) {
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

void OpenLines::flush(const PersistEvent& event) {
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

bool OpenLines::explains(const PersistTrace& trace, const PersistEvent& flush) const {
  std::span<const std::byte> kept = trace.bytes_of(flush);
  for (uint64_t line = flush.offset_bytes / cache_line_bytes; !kept.empty(); ++line) {
    if (!std::ranges::equal(kept.first(cache_line_bytes), cached(line))) return false;
    kept = kept.subspan(cache_line_bytes);
  }
  return true;
}

void OpenLines::fence(uint32_t thread, std::vector<WordAt>& now_certain) {
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
      const LineBytes& bytes = open.versions[count - 1].bytes;
      for (uint64_t at = 0; at < bytes.size(); at += word_bytes) {
        now_certain.push_back({open.line * cache_line_bytes + at, word_in(bytes.data() + at)});
      }
      open.versions.erase(open.versions.begin(),
                          open.versions.begin() + static_cast<ptrdiff_t>(count));
      for (auto& [other, others] : open.flushed) others -= std::min(others, count);
    }
    if (open.versions.empty()) {
      close(i);
    } else {
      ++i;
    }
  }
}

// The last one takes its place.
void OpenLines::close(size_t i) {
  index_[open_[i].line] = not_open;
  if (i + 1 < open_.size()) {
    open_[i] = std::move(open_.back());
    index_[open_[i].line] = static_cast<uint32_t>(i);
  }
  open_.pop_back();
}

void OpenLines::collect(std::vector<OpenStore>& into) const {
  sorted_.clear();
  for (const OpenLine& open : open_) sorted_.push_back(&open);
  std::ranges::sort(sorted_, {}, &OpenLine::line);
  for (const OpenLine* open : sorted_) {
    for (uint64_t at = 0; at < cache_line_bytes; at += word_bytes) {
      const uint64_t offset_bytes = open->line * cache_line_bytes + at;
      const size_t first = into.size();
      const uint64_t old = word_in(certain_.data() + offset_bytes);
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

OpenLines::LineBytes OpenLines::torn(uint64_t i, Random& random) const {
  const OpenLine& open = open_[i];
  LineBytes line = certain(open.line);
  for (uint64_t at = 0; at < line.size(); at += word_bytes) {
    const uint64_t version = random.below(open.versions.size() + 1);
    if (version == 0) continue;
    std::memcpy(line.data() + at, open.versions[version - 1].bytes.data() + at, word_bytes);
  }
  return line;
}

}  // namespace daxlab
