#include "harness/crash/legal_shared_file.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/sizes.h"

namespace daxlab {
namespace {

// What came of it nobody knows.
bool ended_midway(const Event& event) { return event.code == ErrorCode::io_error; }

// By an operation that has just begun.
uint64_t words_written(const Event& event) {
  if (ended_midway(event) && event.op.kind == SharedOpKind::write) return event.op.words;
  if (event.code != ErrorCode::ok) return 0;
  if (event.op.kind == SharedOpKind::store) return 1;
  // What is in flight has no count yet.
  if (event.count_bytes == 0) return event.op.words;
  return std::min(event.op.words, event.count_bytes / word_bytes);
}

}  // namespace

bool may_change(const Event& event) { return event.code == ErrorCode::ok || ended_midway(event); }

bool is_durable_when_answered(const Event& event) {
  switch (event.op.kind) {
    case SharedOpKind::write:
    case SharedOpKind::punch:
    case SharedOpKind::truncate:
    case SharedOpKind::preallocate:
      return event.code == ErrorCode::ok;
    default:
      return false;
  }
}

bool syncs(const Event& event) {
  const SharedOpKind kind = event.op.kind;
  return event.code == ErrorCode::ok &&
         (kind == SharedOpKind::sync || kind == SharedOpKind::view_sync);
}

LegalSharedFile::LegalSharedFile(uint64_t size_bytes) {
  sizes_.push_back({.by = SizePut::By::truncate,
                    .size_bytes = size_bytes,
                    .from_bytes = 0,
                    .invoked = 0,
                    .answered = 0,
                    .op = UINT64_MAX,
                    .durable = true});
}

void LegalSharedFile::add_size(SizePut::By by, const Event& event, uint64_t size_bytes, uint64_t op,
                               Ticket now) {
  sizes_.push_back({by, size_bytes, event.op.offset_bytes, now, not_yet, op, false});
}

void LegalSharedFile::begins(const Event& event, uint64_t op, Ticket now) {
  if (!may_change(event)) return;
  const SharedOp& what = event.op;
  const uint64_t first = what.offset_bytes / word_bytes;
  switch (what.kind) {
    case SharedOpKind::store:
    case SharedOpKind::write: {
      const uint64_t words = words_written(event);
      for (uint64_t k = 0; k < words; ++k) {
        words_[first + k].puts.push_back({what.value + k, now, not_yet, op});
      }
      if (what.kind == SharedOpKind::store || words == 0) return;
      const auto by = ended_midway(event) ? SizePut::By::broken_write : SizePut::By::write;
      return add_size(by, event, what.offset_bytes + words * word_bytes, op, now);
    }
    case SharedOpKind::punch:
      zeroed_.push_back({first, first + words_per_page, now, not_yet, op, false});
      return;
    case SharedOpKind::truncate:
      zeroed_.push_back({first, UINT64_MAX, now, not_yet, op, false});
      return add_size(SizePut::By::truncate, event, what.offset_bytes, op, now);
    case SharedOpKind::preallocate:
      return add_size(SizePut::By::preallocate, event, what.offset_bytes + page_bytes, op, now);
    default:
      return;
  }
}

template <class Look>
void LegalSharedFile::for_each_put(uint64_t op, const Event& event, Look look) {
  const uint64_t first = event.op.offset_bytes / word_bytes;
  const auto end = words_.lower_bound(first + most_words);
  for (auto at = words_.lower_bound(first); at != end; ++at) {
    for (Put& put : at->second.puts) {
      if (put.op == op) look(at->second, put);
    }
  }
}

void LegalSharedFile::ends(const Event& event, uint64_t op, Ticket invoked, Ticket now) {
  const bool durable = is_durable_when_answered(event);
  for_each_put(op, event, [&](Word& word, Put& put) {
    put.answered = now;
    if (durable) word.durable = std::max(word.durable, put.invoked);
  });
  for (Zeroed& zeroed : zeroed_) {
    if (zeroed.op != op) continue;
    zeroed.answered = now;
    zeroed.durable = durable;
  }
  for (SizePut& size : sizes_) {
    if (size.op != op) continue;
    size.answered = now;
    size.durable = durable;
  }
  if (syncs(event)) make_stores_durable(event, invoked);
  if (event.op.kind == SharedOpKind::store) forget_store_behind_end(event, invoked);
}

// No size that covers the word can have held while the store was made: a cut that came after it had
// answered before.
void LegalSharedFile::forget_store_behind_end(const Event& event, Ticket invoked) {
  const uint64_t at = event.op.offset_bytes;
  const bool covered = std::ranges::any_of(sizes_, [&](const SizePut& put) {
    return put.size_bytes > at && std::ranges::none_of(sizes_, [&](const SizePut& other) {
             return other.sets() && other.size_bytes <= at && other.invoked > put.answered &&
                    other.answered < invoked;
           });
  });
  if (covered) return;
  std::erase_if(words_[at / word_bytes].puts,
                [&](const Put& put) { return put.value == event.op.value; });
}

void LegalSharedFile::make_stores_durable(const Event& event, Ticket invoked) {
  auto at = words_.begin();
  auto end = words_.end();
  if (event.op.kind == SharedOpKind::view_sync) {
    const uint64_t first = event.op.offset_bytes / page_bytes * words_per_page;
    at = words_.lower_bound(first);
    end = words_.lower_bound(first + words_per_page);
  }
  for (; at != end; ++at) {
    for (const Put& put : at->second.puts) {
      if (put.answered < invoked) at->second.durable = std::max(at->second.durable, put.invoked);
    }
  }
}

LegalSharedFile::Ticket LegalSharedFile::durable_at(uint64_t number, const Word* word) const {
  Ticket durable = word == nullptr ? 0 : word->durable;
  for (const Zeroed& zeroed : zeroed_) {
    if (zeroed.durable && number >= zeroed.first && number < zeroed.end) {
      durable = std::max(durable, zeroed.invoked);
    }
  }
  return durable;
}

bool LegalSharedFile::allows_zero(uint64_t number, Ticket durable) const {
  if (durable == 0) return true;
  return std::ranges::any_of(zeroed_, [&](const Zeroed& zeroed) {
    return number >= zeroed.first && number < zeroed.end && zeroed.answered >= durable;
  });
}

bool LegalSharedFile::was_shorter(const SizePut& put) const {
  return std::ranges::any_of(
      sizes_, [&](const SizePut& other) { return other.size_bytes < put.size_bytes; });
}

bool LegalSharedFile::can_have(const SizePut& put) const {
  if (!put.sets() && !was_shorter(put)) return false;
  return std::ranges::none_of(sizes_, [&](const SizePut& other) {
    const bool overtakes = other.sets() || other.size_bytes > put.size_bytes;
    return other.durable && overtakes && other.invoked > put.answered;
  });
}

// What is empty asks for nothing more.
std::optional<LegalSharedFile::Grown> LegalSharedFile::explain_size(uint64_t size_bytes) const {
  const SizePut* only = nullptr;
  uint64_t explanations = 0;
  uint64_t next_less = 0;
  for (const SizePut& put : sizes_) {
    if (put.size_bytes < size_bytes) next_less = std::max(next_less, put.size_bytes);
    if (put.size_bytes != size_bytes || !can_have(put)) continue;
    ++explanations;
    only = &put;
  }
  if (explanations == 0) return explain_by_part_of_write(size_bytes, next_less);
  if (explanations > 1 || only->by != SizePut::By::write) return Grown{};
  const uint64_t first = std::max(next_less, only->from_bytes);
  return Grown{first / word_bytes, size_bytes / word_bytes, only->invoked};
}

// A write in flight that is published piece by piece moves the end as often.
std::optional<LegalSharedFile::Grown> LegalSharedFile::explain_by_part_of_write(
    uint64_t size_bytes, uint64_t next_less) const {
  for (const SizePut& put : sizes_) {
    const bool writes = put.by == SizePut::By::write || put.by == SizePut::By::broken_write;
    const bool is_on_its_way = put.answered == not_yet && writes && put.from_bytes < size_bytes &&
                               size_bytes < put.size_bytes;
    if (!is_on_its_way) continue;
    const uint64_t from = std::max(next_less, put.from_bytes);
    return Grown{from / word_bytes, size_bytes / word_bytes, put.invoked};
  }
  return std::nullopt;
}

bool LegalSharedFile::has_had_size(uint64_t size_bytes) const {
  return std::ranges::any_of(sizes_, [&](const SizePut& put) {
    return put.size_bytes == size_bytes && (put.sets() || was_shorter(put));
  });
}

std::string LegalSharedFile::size_text() const {
  std::vector<uint64_t> sizes;
  for (const SizePut& put : sizes_) {
    if (can_have(put)) sizes.push_back(put.size_bytes);
  }
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return fmt::format("{}", fmt::join(sizes, " or "));
}

// Where nobody put anything there are zeros.
std::optional<CrashFinding> LegalSharedFile::judge_words(uint64_t first, const uint64_t* seen,
                                                         uint64_t words, const Grown& grown) const {
  auto named = words_.lower_bound(first);
  for (uint64_t i = 0; i < words; ++i) {
    const bool is_named = named != words_.end() && named->first == first + i;
    if (is_named) ++named;
    if (!is_named && seen[i] == 0) continue;
    if (auto finding = judge_word(first + i, seen[i], grown)) return finding;
  }
  return std::nullopt;
}

std::optional<CrashFinding> LegalSharedFile::judge_word(uint64_t number, uint64_t value,
                                                        const Grown& grown) const {
  const auto found = words_.find(number);
  const Word* word = found == words_.end() ? nullptr : &found->second;
  Ticket durable = durable_at(number, word);
  const bool is_grown = number >= grown.first && number < grown.end && grown.by > durable;
  if (is_grown) durable = grown.by;
  std::string legal;
  bool has_been = value == 0;
  auto allow = [&](uint64_t allowed, const std::string& by) {
    legal += fmt::format("{}{:#x} ({})", legal.empty() ? "" : " or ", allowed, by);
  };
  if (allows_zero(number, durable)) {
    if (value == 0) return std::nullopt;
    allow(0, "zeros");
  }
  if (word != nullptr) {
    for (const Put& put : word->puts) {
      has_been = has_been || put.value == value;
      if (put.answered < durable) continue;
      if (put.value == value) return std::nullopt;
      allow(put.value, fmt::format("event {}", put.op));
    }
  }
  const Promise promise = is_grown && has_been ? Promise::size
                          : has_been           ? Promise::durability
                                               : Promise::isolation;
  return CrashFinding{.promise = promise,
                      .text = fmt::format("offset {}: seen {:#x}, legal {}{}", number * word_bytes,
                                          value, legal, is_grown ? ", as the size covers it" : "")};
}

}  // namespace daxlab
