#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cassert>
#include <map>
#include <utility>

#include "harness/histories/concurrent.h"
#include "harness/histories/linearizability.h"
#include "harness/histories/name_order.h"

namespace daxlab {
namespace {

using Word = std::pair<uint32_t, uint64_t>;  // file, offset in bytes

struct WordEvent {
  const Event* event;
  WordOp op;
};

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

std::string value_text(uint64_t value) {
  return value == past_end ? "past the end" : fmt::format("{:#x}", value);
}

std::string to_text(const WordEvent& on_word) {
  const Event& event = *on_word.event;
  std::string what = name_of(event.op.kind);
  if (event.op.kind == SharedOpKind::load || event.op.kind == SharedOpKind::store) {
    what += event.op.by_new_view ? " own view" : fmt::format(" view {}", event.op.view);
  } else if (event.op.words > 1) {
    what += fmt::format(" ({} words from offset {})", event.op.words, event.op.offset_bytes);
  }
  return fmt::format("  [{:5}, {:5}] thread {} round {:2} {}{} {}\n", event.invoked, event.answered,
                     event.thread, event.round, what, on_word.op.is_read ? " saw" : " of",
                     value_text(on_word.op.value));
}

// It met the end of a file that is cut meanwhile. A bus error may be one without a reason.
bool missed(const Event& event) {
  const SharedOp& op = event.op;
  if (!op.may_be_cut) return false;
  const bool bus_error = event.code == ErrorCode::beyond_end || event.code == ErrorCode::io_error;
  switch (op.kind) {
    case SharedOpKind::load:
    case SharedOpKind::store:
    case SharedOpKind::prefault_read:
    case SharedOpKind::prefault_write:
    case SharedOpKind::view_sync:
      return bus_error;
    case SharedOpKind::read:
      return event.code == ErrorCode::ok && event.count_bytes < op.words * 8 &&
             event.count_bytes % 8 == 0;
    default:
      return false;
  }
}

std::optional<std::string> failed_operation(const std::vector<Event>& events) {
  for (const Event& event : events) {
    const SharedOp& op = event.op;
    if (missed(event) || is_on_name(op.kind)) continue;
    const bool counted = op.kind == SharedOpKind::read || op.kind == SharedOpKind::write;
    const bool is_short = counted && event.count_bytes != op.words * 8;
    if (event.code == ErrorCode::ok && !is_short) continue;
    return fmt::format("thread {} round {} {} f{} view {} offset {}: {}, {} bytes", event.thread,
                       event.round, name_of(op.kind), op.file, op.view, op.offset_bytes,
                       describe(event.code), event.count_bytes);
  }
  return std::nullopt;
}

using Words = std::map<Word, std::vector<WordEvent>>;

// Views of their own may show a page in which the end lies: a store behind it is nobody's.
bool may_be_behind_end(const SharedOp& op) {
  return op.kind == SharedOpKind::store && op.by_new_view && op.may_be_cut;
}

bool may_grow(const SharedOp& op) {
  return op.kind == SharedOpKind::write || op.kind == SharedOpKind::truncate ||
         op.kind == SharedOpKind::preallocate;
}

// Beside what lets the file grow over it, such a store may come after the zeros that are put there:
// then it shows with the new end, which may be later than its answer. So it is as if it had gone on
// until then, in a thread of its own.
uint64_t shown_until(const Event& store, const std::vector<Event>& events) {
  uint64_t until = store.answered;
  for (const Event& other : events) {
    const bool overlaps = other.invoked < store.answered && store.invoked < other.answered;
    if (overlaps && other.op.file == store.op.file && may_grow(other.op)) {
      until = std::max(until, other.answered);
    }
  }
  return until;
}

void move_to_own_thread(WordOp& store, uint64_t until, const std::vector<Event>& events) {
  if (until == store.answered) return;
  store.thread = 1 + std::ranges::max(events, {}, &Event::thread).thread +
                 static_cast<uint32_t>(std::ranges::count_if(events, [&](const Event& event) {
                   return may_be_behind_end(event.op) && event.invoked < store.invoked;
                 }));
  store.answered = until;
}

// What the operation's own words saw, or were given.
void add_own_words(const Event& event, const std::vector<Event>& events, Words& words) {
  const SharedOp& op = event.op;
  for (uint64_t k = 0; k < op.words; ++k) {
    WordOp on_word{.thread = event.thread,
                   .is_read = is_look(op.kind),
                   .value = is_look(op.kind) ? event.words[k] : op.value + k,
                   .invoked = event.invoked,
                   .answered = event.answered};
    const bool cut_off = op.kind == SharedOpKind::read && event.count_bytes < (k + 1) * 8;
    if (op.kind == SharedOpKind::store) {
      on_word.effect = may_be_behind_end(op) ? Effect::if_inside : Effect::inside_only;
    }
    if (may_be_behind_end(op)) move_to_own_thread(on_word, shown_until(event, events), events);
    if (missed(event) && (op.kind != SharedOpKind::read || cut_off)) {
      on_word.is_read = true;  // a store that is a bus error sees where the end is, too
      on_word.value = past_end;
    }
    words[{op.file, op.offset_bytes + 8 * k}].push_back({&event, on_word});
  }
}

// What it does to the words of a range that others touched.
void add_to_range(const Event& event, ByteRange range, WordOp done, Words& words) {
  done.thread = event.thread;
  done.invoked = event.invoked;
  done.answered = event.answered;
  const auto end = words.lower_bound({event.op.file, range.end()});
  for (auto at = words.lower_bound({event.op.file, range.offset_bytes}); at != end; ++at) {
    at->second.push_back({&event, done});
  }
}

// What it does beside its own words: zeros, the end of the file moved down or up. What comes to lie
// inside the file is zeros.
void add_ranges(const Event& event, PunchRule rule, Words& words) {
  const SharedOp& op = event.op;
  const ByteRange before{0, op.offset_bytes};
  WordOp zeroed;
  zeroed.effect = Effect::if_inside;
  zeroed.repeats = rule == PunchRule::repeatedly;
  WordOp uncovered;
  uncovered.effect = Effect::if_past_end;
  WordOp cut;
  cut.value = past_end;
  switch (op.kind) {
    case SharedOpKind::punch:
      return add_to_range(event, {op.offset_bytes, page_bytes}, zeroed, words);
    case SharedOpKind::truncate:
      add_to_range(event, before, uncovered, words);
      return add_to_range(event, {op.offset_bytes, past_end - op.offset_bytes}, cut, words);
    case SharedOpKind::write:
      if (op.may_be_cut) add_to_range(event, before, uncovered, words);
      return;
    case SharedOpKind::preallocate:
      if (op.may_be_cut) {
        add_to_range(event, {0, op.offset_bytes + page_bytes}, uncovered, words);
      }
      return;
    default:
      return;
  }
}

// By word, each in order of invocation: all that looks at it or changes it. Words that no operation
// named are left out.
Words by_word(const std::vector<Event>& events, PunchRule rule) {
  Words words;
  for (const Event& event : events) {
    const SharedOpKind kind = event.op.kind;
    if (is_look(kind) || kind == SharedOpKind::store || kind == SharedOpKind::write) {
      add_own_words(event, events, words);
    }
  }
  for (const Event& event : events) add_ranges(event, rule, words);
  for (auto& [word, on_word] : words) {
    std::sort(on_word.begin(), on_word.end(),
              [](const WordEvent& a, const WordEvent& b) { return a.op.invoked < b.op.invoked; });
  }
  return words;
}

}  // namespace

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
    case SharedOpKind::truncate:
      return "truncate";
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
    case SharedOpKind::make:
      return "make";
    case SharedOpKind::visit:
      return "visit";
    case SharedOpKind::unlink:
      return "unlink";
  }
  return "?";
}

bool is_on_name(SharedOpKind kind) {
  return kind == SharedOpKind::make || kind == SharedOpKind::visit || kind == SharedOpKind::unlink;
}

std::optional<std::string> judge(const ConcurrentProgram& program, const std::vector<Event>& events,
                                 PunchRule rule) {
  const std::string which = fmt::format("seed {}, {} threads", program.seed, program.threads);
  if (auto failed = failed_operation(events)) return which + ": " + *failed;
  if (auto wrong = judge_names(events)) return which + ": " + *wrong;
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

uint64_t judged_words(const std::vector<Event>& events) {
  return by_word(events, PunchRule::at_once).size();
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

bool can_run_at_once() {
  cpu_set_t usable;
  return sched_getaffinity(0, sizeof usable, &usable) != 0 || CPU_COUNT(&usable) > 1;
}

ConcurrentVerdict check_concurrent_histories(FileSystem& files, uint64_t first_seed, uint64_t count,
                                             uint32_t most_threads, PunchRule rule,
                                             Truncates truncates) {
  assert(most_threads >= 2);
  ConcurrentVerdict verdict;
  const auto goes_on = [&](uint64_t done) {
    const bool wants_more = verdict.overlapping_pairs == 0 && can_run_at_once();
    return done < count || (wants_more && done < 20 * count);
  };
  for (uint64_t seed = first_seed; goes_on(seed - first_seed); ++seed) {
    const auto threads = static_cast<uint32_t>(2 + seed % (most_threads - 1));
    const ConcurrentProgram program = random_concurrent_program(seed, threads, truncates);
    const auto events = run_program(files, program);
    if (!events.ok()) {
      verdict.failure = fmt::format("seed {}: {}", seed, events.error().message);
      return verdict;
    }
    verdict.overlapping_pairs += overlapping_pairs(events.value());
    verdict.words += judged_words(events.value());
    verdict.failure = judge(program, events.value(), rule);
    if (verdict.failure) return verdict;
  }
  return verdict;
}

}  // namespace daxlab
