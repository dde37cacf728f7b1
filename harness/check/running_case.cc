#include "harness/check/running_case.h"

#include <algorithm>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/check/case_file.h"

namespace daxlab {
namespace {

static_assert(std::is_trivially_destructible_v<RunningCase>);

// Every value is a word; a list is its length, then its elements. The same functions write and
// read, so that both agree.
class WordWriter {
 public:
  explicit WordWriter(std::span<uint64_t> words) : words_(words) {}
  template <class Value>
  void value(const Value& value) {
    if (at_ < words_.size()) {
      words_[at_++] = static_cast<uint64_t>(value);
    } else {
      failed_ = true;
    }
  }
  template <class Value>
  void name(const Value& value, Value) {
    this->value(value);
  }
  template <class Value, class Each>
  void list(const std::vector<Value>& values, Each each) {
    value(values.size());
    for (const Value& element : values) each(element);
  }
  uint64_t words() const { return at_; }
  bool failed() const { return failed_; }

 private:
  std::span<uint64_t> words_;
  size_t at_ = 0;
  bool failed_ = false;
};

class WordReader {
 public:
  explicit WordReader(std::span<const uint64_t> words) : words_(words) {}
  template <class Value>
  void value(Value& value) {
    value = static_cast<Value>(next());
  }
  template <class Value>
  void name(Value& value, Value last) {
    const uint64_t word = next();
    failed_ |= word > static_cast<uint64_t>(last);
    value = failed_ ? last : static_cast<Value>(word);
  }
  template <class Value, class Each>
  void list(std::vector<Value>& values, Each each) {
    const uint64_t count = next();
    if (count > words_.size()) failed_ = true;  // each takes a word at least
    for (uint64_t i = 0; i < count && !failed_; ++i) each(values.emplace_back());
  }
  bool failed() const { return failed_; }

 private:
  uint64_t next() {
    if (words_.empty()) failed_ = true;
    if (failed_) return 0;
    const uint64_t word = words_.front();
    words_ = words_.subspan(1);
    return word;
  }
  std::span<const uint64_t> words_;
  bool failed_ = false;
};

template <class Words, class HistoryOp>
void pass_op(Words& words, HistoryOp& op) {
  words.name(op.kind, OpKind::view_sync);
  words.value(op.file);
  words.value(op.view);
  words.value(op.offset_bytes);
  words.value(op.length_bytes);
  words.value(op.value);
}

template <class Words, class ProgramOp>
void pass_shared_op(Words& words, ProgramOp& op) {
  words.name(op.kind, SharedOpKind::unlink);
  words.value(op.file);
  words.value(op.view);
  words.value(op.offset_bytes);
  words.value(op.words);
  words.value(op.may_be_cut);
  words.value(op.value);
  words.value(op.by_new_view);
}

template <class Words, class AHistory>
void pass_history(Words& words, AHistory& history) {
  words.value(history.seed);
  words.list(history.ops, [&](auto& op) { pass_op(words, op); });
}

template <class Words, class AProgram>
void pass_program(Words& words, AProgram& program) {
  words.value(program.seed);
  words.value(program.threads);
  words.value(program.files);
  words.value(program.file_pages);
  words.list(program.views, [&](auto& view) {
    words.value(view.file);
    words.value(view.range.pgoff);
    words.value(view.range.pages);
  });
  words.list(program.rounds, [&](auto& round) {
    words.list(round, [&](auto& thread) {
      words.list(thread, [&](auto& op) { pass_shared_op(words, op); });
    });
  });
}

struct Kind {
  bool is_history = false;
  bool with_crashes = false;
};

template <class Words, class ACase, class AKind>
void pass_case(Words& words, ACase& shown, AKind& kind) {
  words.value(kind.is_history);
  words.value(kind.with_crashes);
  words.value(shown.region_bytes);
  words.value(shown.faults.no_space_at);
  words.value(shown.faults.no_space_from_then_on);
  words.list(shown.faults.poisoned_blocks, [&](auto& block) { words.value(block); });
  words.value(shown.max_kernel_mappings);
  if constexpr (!std::is_const_v<ACase>) {
    if (!kind.is_history) shown.program = ConcurrentProgram{};
  }
  if (kind.is_history) {
    pass_history(words, std::get<History>(shown.program));
  } else {
    pass_program(words, std::get<ConcurrentProgram>(shown.program));
  }
}

}  // namespace

void RunningCase::begin(const Case& shown, bool with_crashes) noexcept {
  if (shown.mutation) return;
  const Kind kind{std::holds_alternative<History>(shown.program), with_crashes || shown.crash};
  WordWriter words(case_);
  pass_case(words, shown, kind);
  if (words.failed()) return;
  bytes_ = words.words() * sizeof(uint64_t);
  choices_.store(0, std::memory_order_relaxed);
  running_.store(1, std::memory_order_release);
}

void RunningCase::chose(uint32_t thread) noexcept {
  const uint32_t choice = choices_.load(std::memory_order_relaxed);
  if (choice >= most_choices) return;
  chosen_[choice] = thread;
  choices_.store(choice + 1, std::memory_order_release);
}

void RunningCase::end() noexcept { running_.store(0, std::memory_order_release); }

std::optional<Case> RunningCase::left_behind(const std::string& config) const {
  if (running_.load(std::memory_order_acquire) == 0) return std::nullopt;
  const std::span<const uint64_t> room = case_;
  WordReader words(room.first(std::min<size_t>(bytes_ / sizeof(uint64_t), room.size())));
  CheckFinding finding;
  finding.verdict.judge = JudgeName::progress;
  Case& shown = finding.shown_by;
  Kind kind;
  pass_case(words, shown, kind);
  if (words.failed()) return std::nullopt;
  shown.config = config;
  // A plugin runs before the machine goes down, wherever that is.
  if (kind.with_crashes) shown.crash = CrashMoment{};
  const uint32_t choices = std::min(choices_.load(std::memory_order_acquire), most_choices);
  shown.choices.assign(chosen_.begin(), chosen_.begin() + choices);
  auto parsed = parse_case(case_text(finding), "what was running");
  if (!parsed.ok()) return std::nullopt;
  return std::move(parsed.value().shown_by);
}

}  // namespace daxlab
