#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "harness/histories/concurrent.h"
#include "harness/histories/linearizability.h"

namespace daxlab {
namespace {

using Word = std::pair<uint32_t, uint64_t>;  // file, offset in bytes

struct WordEvent {
  const Event* event;
  WordOp op;
};

const char* name_of(SharedOpKind kind) {
  switch (kind) {
    case SharedOpKind::load:
      return "load";
    case SharedOpKind::store:
      return "store";
    case SharedOpKind::read:
      return "read";
    case SharedOpKind::write:
      return "write";
    case SharedOpKind::punch:
      return "punch";
    case SharedOpKind::preallocate:
      return "preallocate";
    case SharedOpKind::prefault_read:
      return "prefault for loads";
    case SharedOpKind::prefault_write:
      return "prefault for stores";
    case SharedOpKind::view_sync:
      return "view sync";
    case SharedOpKind::sync:
      return "sync";
  }
  return "?";
}

bool is_look(SharedOpKind kind) { return kind == SharedOpKind::load || kind == SharedOpKind::read; }
bool is_change(SharedOpKind kind) {
  return kind == SharedOpKind::store || kind == SharedOpKind::write || kind == SharedOpKind::punch;
}

// Which bytes it looks at or changes; none for the others.
ByteRange touched(const SharedOp& op) {
  if (op.kind == SharedOpKind::punch) return {op.offset_bytes, page_bytes};
  if (is_look(op.kind) || is_change(op.kind)) return {op.offset_bytes, op.words * 8};
  return {};
}

std::string to_text(const WordEvent& on_word) {
  const Event& event = *on_word.event;
  std::string what = name_of(event.op.kind);
  if (event.op.kind == SharedOpKind::load || event.op.kind == SharedOpKind::store) {
    what += fmt::format(" view {}", event.op.view);
  } else if (event.op.words > 1) {
    what += fmt::format(" ({} words from offset {})", event.op.words, event.op.offset_bytes);
  }
  return fmt::format("  [{:5}, {:5}] thread {} round {:2} {}{} {:#x}\n", event.invoked,
                     event.answered, event.thread, event.round, what,
                     on_word.op.is_read ? " saw" : " of", on_word.op.value);
}

std::optional<std::string> failed_operation(const std::vector<Event>& events) {
  for (const Event& event : events) {
    const SharedOp& op = event.op;
    const bool counted = op.kind == SharedOpKind::read || op.kind == SharedOpKind::write;
    const bool is_short = counted && event.count_bytes != op.words * 8;
    if (event.code == ErrorCode::ok && !is_short) continue;
    return fmt::format("thread {} round {} {} f{} view {} offset {}: {}, {} bytes", event.thread,
                       event.round, name_of(op.kind), op.file, op.view, op.offset_bytes,
                       describe(event.code), event.count_bytes);
  }
  return std::nullopt;
}

// By word, each in order of invocation: all that looks at it or changes it. Words that only punches
// touched are left out.
std::map<Word, std::vector<WordEvent>> by_word(const std::vector<Event>& events, PunchRule rule) {
  std::map<Word, std::vector<WordEvent>> words;
  for (const Event& event : events) {
    const SharedOp& op = event.op;
    if (op.kind == SharedOpKind::punch || !(is_look(op.kind) || is_change(op.kind))) continue;
    for (uint64_t k = 0; k < op.words; ++k) {
      const uint64_t value = is_look(op.kind) ? event.words[k] : op.value + k;
      words[{op.file, op.offset_bytes + 8 * k}].push_back(
          {&event, {event.thread, is_look(op.kind), value, event.invoked, event.answered, false}});
    }
  }
  for (const Event& event : events) {
    if (event.op.kind != SharedOpKind::punch) continue;
    const auto end = words.lower_bound({event.op.file, event.op.offset_bytes + page_bytes});
    for (auto at = words.lower_bound({event.op.file, event.op.offset_bytes}); at != end; ++at) {
      at->second.push_back(
          {&event,
           {event.thread, false, 0, event.invoked, event.answered, rule == PunchRule::repeatedly}});
    }
  }
  for (auto& [word, on_word] : words) {
    std::sort(on_word.begin(), on_word.end(),
              [](const WordEvent& a, const WordEvent& b) { return a.op.invoked < b.op.invoked; });
  }
  return words;
}

}  // namespace

std::optional<std::string> judge(const ConcurrentProgram& program, const std::vector<Event>& events,
                                 PunchRule rule) {
  const std::string which = fmt::format("seed {}, {} threads", program.seed, program.threads);
  if (auto failed = failed_operation(events)) return which + ": " + *failed;
  for (const auto& [word, on_word] : by_word(events, rule)) {
    std::vector<WordOp> ops;
    for (const WordEvent& event : on_word) ops.push_back(event.op);
    if (has_explaining_order(ops)) continue;
    std::string text = fmt::format(
        "{}: no order explains what was seen of f{} offset {} (page {}), which was 0 at first:\n",
        which, word.first, word.second, word.second / page_bytes);
    for (const WordEvent& event : on_word) text += to_text(event);
    return text;
  }
  return std::nullopt;
}

uint64_t overlapping_pairs(const std::vector<Event>& events) {
  std::vector<const Event*> sorted;
  for (const Event& event : events) sorted.push_back(&event);
  std::sort(sorted.begin(), sorted.end(),
            [](const Event* a, const Event* b) { return a->invoked < b->invoked; });
  uint64_t pairs = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const ByteRange bytes = touched(sorted[i]->op);
    for (size_t j = i + 1; j < sorted.size() && sorted[j]->invoked < sorted[i]->answered; ++j) {
      const ByteRange other = touched(sorted[j]->op);
      const bool same_file = sorted[i]->op.file == sorted[j]->op.file;
      if (same_file && bytes.offset_bytes < other.end() && other.offset_bytes < bytes.end()) {
        ++pairs;
      }
    }
  }
  return pairs;
}

ConcurrentVerdict check_concurrent_histories(FileSystem& files, uint64_t first_seed, uint64_t count,
                                             uint32_t most_threads, PunchRule rule) {
  assert(most_threads >= 2);
  ConcurrentVerdict verdict;
  for (uint64_t seed = first_seed; seed < first_seed + count; ++seed) {
    const auto threads = static_cast<uint32_t>(2 + seed % (most_threads - 1));
    const ConcurrentProgram program = random_concurrent_program(seed, threads);
    const auto events = run_program(files, program);
    if (!events.ok()) {
      verdict.failure = fmt::format("seed {}: {}", seed, events.error().message);
      return verdict;
    }
    verdict.overlapping_pairs += overlapping_pairs(events.value());
    verdict.failure = judge(program, events.value(), rule);
    if (verdict.failure) return verdict;
  }
  return verdict;
}

}  // namespace daxlab
