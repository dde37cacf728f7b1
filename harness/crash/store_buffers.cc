#include "harness/crash/store_buffers.h"

#include "core/base/sizes.h"

namespace daxlab {

StoreBuffers::StoreBuffers(std::span<const std::byte> certain)
    : certain_(certain), newest_(certain), marks_(certain.size() / word_bytes) {}

// Even a word that was so before is kept: the store that made it so may be another thread's, and
// lost.
void StoreBuffers::store(const PersistEvent& event, std::span<const std::byte> bytes) {
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

// What another thread had stored to the same words before is overtaken: whether it left its store
// buffer or not, these came later.
void StoreBuffers::fence(uint32_t thread, std::vector<WordAt>& now_certain) {
  settle([thread](const OpenStore& one) { return one.thread == thread; }, now_certain);
}

void StoreBuffers::op_begins(uint32_t thread, std::vector<WordAt>& now_certain) {
  settle(
      [thread](const OpenStore& one) {
        return one.answered && one.thread != thread && !one.past_cache;
      },
      now_certain);
}

void StoreBuffers::op_ends(uint32_t thread) {
  for (OpenStore& one : buffered_) one.answered = one.answered || one.thread == thread;
}

// A word's mark: one more than the place of the last of these stores to it.
void StoreBuffers::settle(const std::function<bool(const OpenStore&)>& is_certain,
                          std::vector<WordAt>& now_certain) {
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
      now_certain.push_back({buffered_[i].offset_bytes, buffered_[i].value});
      mark = 0;
    }
  }
  buffered_.resize(kept);
}

// What changes nothing and lies over nothing is left out.
void StoreBuffers::collect(std::vector<OpenStore>& into) const {
  const size_t first = into.size();
  for (const OpenStore& one : buffered_) {
    uint32_t& is_changed = marks_[one.offset_bytes / word_bytes];
    if (is_changed == 0 && one.value == word_in(certain_.data() + one.offset_bytes)) continue;
    is_changed = 1;
    into.push_back(one);
  }
  for (const OpenStore& one : std::span(into).subspan(first)) {
    marks_[one.offset_bytes / word_bytes] = 0;
  }
}

}  // namespace daxlab
