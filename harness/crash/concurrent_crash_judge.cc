#include "harness/crash/concurrent_crash_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "core/region/block_map.h"
#include "harness/crash/account_judge.h"
#include "harness/histories/history.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr uint64_t word_bytes = sizeof(uint64_t);
constexpr uint64_t words_per_page = page_bytes / word_bytes;

// What came of it nobody knows.
bool ended_midway(const Event& event) { return event.code == ErrorCode::io_error; }

uint64_t words_written(const Event& event, bool in_flight) {
  if (ended_midway(event) && event.op.kind == SharedOpKind::write) return event.op.words;
  if (event.code != ErrorCode::ok) return 0;
  if (event.op.kind == SharedOpKind::store) return 1;
  // What is in flight has no count yet.
  if (in_flight && event.count_bytes == 0) return event.op.words;
  return std::min(event.op.words, event.count_bytes / word_bytes);
}

}  // namespace

ConcurrentCrashJudge::ConcurrentCrashJudge(const ConcurrentProgram& program,
                                           const std::vector<Event>& events)
    : program_(program), events_(events), files_(program.files) {
  for (JudgedFile& file : files_) {
    file.sizes.push_back({.exactly = true,
                          .size_bytes = program.file_pages * page_bytes,
                          .invoked = 0,
                          .answered = 0,
                          .op = UINT64_MAX,
                          .durable = true});
  }
}

bool ConcurrentCrashJudge::may_change(const Event& event) {
  return event.code == ErrorCode::ok || ended_midway(event);
}

bool ConcurrentCrashJudge::is_durable_when_answered(const Event& event) {
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

bool ConcurrentCrashJudge::promises(uint64_t op) const {
  const Event& event = events_[op];
  const bool syncs =
      event.op.kind == SharedOpKind::sync || event.op.kind == SharedOpKind::view_sync;
  return is_durable_when_answered(event) || (syncs && event.code == ErrorCode::ok);
}

void ConcurrentCrashJudge::op_begins(uint64_t op) {
  const Event& event = events_[op];
  const SharedOp& what = event.op;
  in_flight_[op] = ++now_;
  if (!may_change(event)) return;
  JudgedFile& file = files_[what.file];
  const uint64_t first = what.offset_bytes / word_bytes;
  auto add_size = [&](bool exactly, uint64_t size_bytes) {
    file.sizes.push_back({exactly, size_bytes, now_, not_yet, op, false});
  };
  switch (what.kind) {
    case SharedOpKind::store:
    case SharedOpKind::write: {
      const uint64_t words = words_written(event, true);
      for (uint64_t k = 0; k < words; ++k) {
        file.words[first + k].puts.push_back({what.value + k, now_, not_yet, op});
      }
      if (what.kind == SharedOpKind::write && words > 0) {
        add_size(false, what.offset_bytes + words * word_bytes);
      }
      return;
    }
    case SharedOpKind::punch:
      file.zeroed.push_back({first, first + words_per_page, now_, not_yet, op, false});
      return;
    case SharedOpKind::truncate:
      file.zeroed.push_back({first, UINT64_MAX, now_, not_yet, op, false});
      return add_size(true, what.offset_bytes);
    case SharedOpKind::preallocate:
      return add_size(false, what.offset_bytes + page_bytes);
    default:
      return;
  }
}

template <class Look>
void ConcurrentCrashJudge::for_each_put(JudgedFile& file, uint64_t op, const Event& event,
                                        Look look) {
  const uint64_t first = event.op.offset_bytes / word_bytes;
  const auto end = file.words.lower_bound(first + most_words);
  for (auto at = file.words.lower_bound(first); at != end; ++at) {
    for (Put& put : at->second.puts) {
      if (put.op == op) look(at->second, put);
    }
  }
}

void ConcurrentCrashJudge::op_ends(uint64_t op) {
  const Event& event = events_[op];
  const Ticket invoked = in_flight_.at(op);
  in_flight_.erase(op);
  ++now_;
  JudgedFile& file = files_[event.op.file];
  const bool durable = is_durable_when_answered(event);
  for_each_put(file, op, event, [&](Word& word, Put& put) {
    put.answered = now_;
    if (durable) word.durable = std::max(word.durable, put.invoked);
  });
  for (Zeroed& zeroed : file.zeroed) {
    if (zeroed.op != op) continue;
    zeroed.answered = now_;
    zeroed.durable = durable;
  }
  for (SizePut& size : file.sizes) {
    if (size.op != op) continue;
    size.answered = now_;
    size.durable = durable;
  }
  const bool syncs =
      event.op.kind == SharedOpKind::sync || event.op.kind == SharedOpKind::view_sync;
  if (syncs && event.code == ErrorCode::ok) make_stores_durable(file, event, invoked);
}

void ConcurrentCrashJudge::make_stores_durable(JudgedFile& file, const Event& event,
                                               Ticket invoked) {
  auto at = file.words.begin();
  auto end = file.words.end();
  if (event.op.kind == SharedOpKind::view_sync) {
    const uint64_t first = event.op.offset_bytes / page_bytes * words_per_page;
    at = file.words.lower_bound(first);
    end = file.words.lower_bound(first + words_per_page);
  }
  for (; at != end; ++at) {
    for (const Put& put : at->second.puts) {
      if (put.answered < invoked) at->second.durable = std::max(at->second.durable, put.invoked);
    }
  }
}

ConcurrentCrashJudge::Ticket ConcurrentCrashJudge::durable_at(const JudgedFile& file,
                                                              uint64_t number, const Word* word) {
  Ticket durable = word == nullptr ? 0 : word->durable;
  for (const Zeroed& zeroed : file.zeroed) {
    if (zeroed.durable && number >= zeroed.first && number < zeroed.end) {
      durable = std::max(durable, zeroed.invoked);
    }
  }
  return durable;
}

bool ConcurrentCrashJudge::allows_zero(const JudgedFile& file, uint64_t number, Ticket durable) {
  if (durable == 0) return true;
  return std::ranges::any_of(file.zeroed, [&](const Zeroed& zeroed) {
    return number >= zeroed.first && number < zeroed.end && zeroed.answered >= durable;
  });
}

bool ConcurrentCrashJudge::was_shorter(const JudgedFile& file, const SizePut& put) {
  return std::ranges::any_of(
      file.sizes, [&](const SizePut& other) { return other.size_bytes < put.size_bytes; });
}

bool ConcurrentCrashJudge::can_have(const JudgedFile& file, const SizePut& put) {
  if (!put.exactly && !was_shorter(file, put)) return false;
  return std::ranges::none_of(file.sizes, [&](const SizePut& other) {
    const bool overtakes = other.exactly || other.size_bytes > put.size_bytes;
    return other.durable && overtakes && other.invoked > put.answered;
  });
}

// Nothing: no operation does. What is empty asks for nothing more.
std::optional<ConcurrentCrashJudge::Grown> ConcurrentCrashJudge::explain_size(
    const JudgedFile& file, uint64_t size_bytes) const {
  const SizePut* only = nullptr;
  uint64_t explanations = 0;
  uint64_t next_less = 0;
  for (const SizePut& put : file.sizes) {
    if (put.size_bytes < size_bytes) next_less = std::max(next_less, put.size_bytes);
    if (put.size_bytes != size_bytes || !can_have(file, put)) continue;
    ++explanations;
    only = &put;
  }
  if (explanations == 0) {
    // A write in flight that is published piece by piece moves the end as often.
    for (const SizePut& put : file.sizes) {
      if (put.answered != not_yet) continue;
      const SharedOp& op = events_[put.op].op;
      const bool is_on_its_way = op.kind == SharedOpKind::write && op.offset_bytes < size_bytes &&
                                 size_bytes < put.size_bytes;
      if (!is_on_its_way) continue;
      const uint64_t from = std::max(next_less, op.offset_bytes);
      return Grown{from / word_bytes, size_bytes / word_bytes, put.invoked};
    }
    return std::nullopt;
  }
  const bool by_write =
      explanations == 1 && !only->exactly && events_[only->op].op.kind == SharedOpKind::write;
  if (!by_write || ended_midway(events_[only->op])) return Grown{};
  const uint64_t first = std::max(next_less, events_[only->op].op.offset_bytes);
  return Grown{first / word_bytes, size_bytes / word_bytes, only->invoked};
}

std::optional<CrashFinding> ConcurrentCrashJudge::judge(Region& region,
                                                        const Recovery& recovery) const {
  const InodeTable inodes(region);
  if (auto finding = judge_accounts(region, inodes, recovery)) return finding;
  for (uint32_t file = 0; file < files_.size(); ++file) {
    if (auto finding = judge_file(region, inodes, file)) {
      finding->text = file_name(file) + ", " + finding->text;
      return finding;
    }
  }
  const uint64_t taken = inodes.taken().size();
  if (taken == files_.size()) return std::nullopt;
  return CrashFinding{
      .promise = Promise::isolation,
      .text = fmt::format("{} files, of which nobody made {}", taken, taken - files_.size())};
}

std::string ConcurrentCrashJudge::size_text(const JudgedFile& file) const {
  std::vector<uint64_t> sizes;
  for (const SizePut& put : file.sizes) {
    if (can_have(file, put)) sizes.push_back(put.size_bytes);
  }
  std::ranges::sort(sizes);
  sizes.erase(std::unique(sizes.begin(), sizes.end()), sizes.end());
  return fmt::format("{}", fmt::join(sizes, " or "));
}

std::optional<CrashFinding> ConcurrentCrashJudge::judge_file(Region& region,
                                                             const InodeTable& inodes,
                                                             uint32_t number) const {
  static constexpr std::array<uint64_t, words_per_page> hole{};
  const auto inode = inodes.find(file_name(number));
  if (!inode.ok()) return CrashFinding{.promise = Promise::durability, .text = "is not there"};
  const JudgedFile& file = files_[number];
  const uint64_t size_bytes = inodes.size_bytes(inode.value());
  const auto grown = explain_size(file, size_bytes);
  if (!grown) {
    const bool was = std::ranges::any_of(file.sizes, [&](const SizePut& put) {
      return put.size_bytes == size_bytes && (put.exactly || was_shorter(file, put));
    });
    return CrashFinding{.promise = was ? Promise::durability : Promise::size,
                        .text = fmt::format("size {}, legal {}", size_bytes, size_text(file))};
  }
  const BlockMap map(region, inodes.inode(inode.value()));
  const uint64_t pages = (size_bytes + page_bytes - 1) / page_bytes;
  for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
    const uint64_t block = map.find(pgoff);
    const uint64_t* seen = block == 0 ? hole.data() : region.words_of(block);
    const uint64_t words =
        std::min(words_per_page, size_bytes / word_bytes - pgoff * words_per_page);
    if (auto finding = judge_page(file, pgoff, seen, words, *grown)) return finding;
  }
  const uint64_t past_end = map.next_block({pages, max_file_pages - pages});
  if (past_end == max_file_pages) return std::nullopt;
  return CrashFinding{
      .promise = Promise::accounting,
      .text = fmt::format("page {} has a block, past the end at {}", past_end, size_bytes)};
}

// Where nobody put anything there are zeros.
std::optional<CrashFinding> ConcurrentCrashJudge::judge_page(const JudgedFile& file, uint64_t pgoff,
                                                             const uint64_t* seen, uint64_t words,
                                                             const Grown& grown) const {
  const uint64_t first = pgoff * words_per_page;
  auto named = file.words.lower_bound(first);
  for (uint64_t i = 0; i < words; ++i) {
    const bool is_named = named != file.words.end() && named->first == first + i;
    if (is_named) ++named;
    if (!is_named && seen[i] == 0) continue;
    if (auto finding = judge_word(file, first + i, seen[i], grown)) return finding;
  }
  return std::nullopt;
}

std::optional<CrashFinding> ConcurrentCrashJudge::judge_word(const JudgedFile& file,
                                                             uint64_t number, uint64_t value,
                                                             const Grown& grown) const {
  const auto found = file.words.find(number);
  const Word* word = found == file.words.end() ? nullptr : &found->second;
  Ticket durable = durable_at(file, number, word);
  const bool is_grown = number >= grown.first && number < grown.end && grown.by > durable;
  if (is_grown) durable = grown.by;
  std::string legal;
  bool has_been = value == 0;
  auto allow = [&](uint64_t allowed, const std::string& by) {
    legal += fmt::format("{}{:#x} ({})", legal.empty() ? "" : " or ", allowed, by);
  };
  if (allows_zero(file, number, durable)) {
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

// What a read has answered says nothing of what a crash may find.
uint64_t ConcurrentCrashJudge::fingerprint(uint64_t op) const {
  const Event& event = events_[op];
  uint64_t hash = mix_bits(event.thread);
  for (const uint64_t part :
       {static_cast<uint64_t>(event.op.kind), static_cast<uint64_t>(event.op.file),
        event.op.offset_bytes, event.op.words, event.op.value, static_cast<uint64_t>(event.code),
        may_change(event) ? event.count_bytes : 0}) {
    hash = mix_bits(hash ^ part);
  }
  return hash;
}

std::string ConcurrentCrashJudge::run_text() const {
  return fmt::format("program of seed {}", program_.seed);
}

std::string ConcurrentCrashJudge::moment_text() const {
  if (in_flight_.empty()) return "between operations";
  std::string text = "in flight:";
  for (const auto& [op, invoked] : in_flight_) {
    const Event& event = events_[op];
    text += fmt::format(" event {} (thread {}, {} f{} offset {})", op, event.thread,
                        name_of(event.op.kind), event.op.file, event.op.offset_bytes);
  }
  return text;
}

}  // namespace daxlab
