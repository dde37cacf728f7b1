#include "harness/crash/persist_trace.h"

#include <cassert>
#include <string_view>
#include <utility>

#include "core/base/counters.h"
#include "core/base/sizes.h"

namespace daxlab {

void PersistRecorder::start(std::span<const std::byte> region) {
  assert(region.size() % cache_line_bytes == 0);
  region_ = region;
  trace_ = {};
  trace_.seen = seen_;
}

PersistTrace PersistRecorder::stop() {
  region_ = {};
  return std::exchange(trace_, {});
}

uint64_t PersistRecorder::offset_of(const std::byte* address) const {
  assert(address >= region_.data() && address < region_.data() + region_.size());
  return static_cast<uint64_t>(address - region_.data());
}

void PersistRecorder::add(EventKind kind, const std::byte* first, uint64_t length_bytes,
                          uint64_t unit_bytes, SourceLocation where) {
  if (region_.empty() || length_bytes == 0) return;
  const uint64_t start = offset_of(first) / unit_bytes * unit_bytes;
  const uint64_t last = offset_of(first + length_bytes - 1) / unit_bytes * unit_bytes;
  const std::span<const std::byte> bytes = region_.subspan(start, last + unit_bytes - start);
  std::vector<std::byte>& kept = *trace_.kept;
  trace_.events.push_back({kind, start, bytes.size(), kept.size(), 0, where, thread_shard()});
  kept.insert(kept.end(), bytes.begin(), bytes.end());
}

void PersistRecorder::op_begins(uint64_t op) {
  trace_.events.push_back(
      {.kind = EventKind::op_begins, .op = op, .where = {}, .thread = thread_shard()});
}

void PersistRecorder::op_ends(uint64_t op) {
  trace_.events.push_back(
      {.kind = EventKind::op_ends, .op = op, .where = {}, .thread = thread_shard()});
}

void PersistRecorder::word_stored(const uint64_t* to, SourceLocation where) noexcept {
  add(EventKind::word, reinterpret_cast<const std::byte*>(to), word_bytes, word_bytes, where);
}

void PersistRecorder::bytes_stored(const std::byte* to, uint64_t length_bytes,
                                   SourceLocation where) noexcept {
  add(EventKind::bytes, to, length_bytes, word_bytes, where);
}

void PersistRecorder::flushed(const std::byte* from, uint64_t length_bytes,
                              SourceLocation where) noexcept {
  add(EventKind::flush, from, length_bytes, cache_line_bytes, where);
}

void PersistRecorder::fenced(SourceLocation where) noexcept {
  if (region_.empty()) return;
  trace_.events.push_back({.kind = EventKind::fence, .where = where, .thread = thread_shard()});
}

}  // namespace daxlab
