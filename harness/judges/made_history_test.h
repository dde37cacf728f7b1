// Histories made by hand for the tests of judges: operations whose answers are the model's, until a
// test says otherwise.
#pragma once

#include <array>
#include <utility>
#include <vector>

#include "harness/judges/evidence.h"
#include "harness/judges/gather.h"

namespace daxlab {

inline Op op_of(OpKind kind, uint32_t file, uint64_t offset_bytes = 0, uint64_t length_bytes = 0,
                uint64_t value = 0) {
  return {kind, file, 0, offset_bytes, length_bytes, value};
}
inline Op op_on_view(OpKind kind, uint32_t view, uint64_t offset_bytes, uint64_t value = 0) {
  return {kind, 0, view, offset_bytes, kind == OpKind::prefault ? page_bytes : 0, value};
}
inline Op map_of(uint32_t file, uint32_t view, PageRange range) {
  return {OpKind::map, file, view, range.pgoff * page_bytes, range.pages * page_bytes, 0};
}

// A lab of 100 blocks of which 10 are never free; evidence as a right file system gives it.
class MadeHistory {
 public:
  static constexpr uint64_t total_blocks = 100, kept_blocks = 10;

  MadeHistory() {
    evidence.seed = 1;
    evidence.garbage_seed = 77;
    evidence.garbage_blocks = {kept_blocks, total_blocks - kept_blocks};
    evidence.before.space = space_of(kept_blocks);
    evidence.emptied = evidence.before;
  }

  // The answer is the model's; `used` blocks afterwards.
  AnsweredOp& add(const Op& op, uint64_t used_more = 0) {
    AnsweredOp answered{.op = op, .number = evidence.ops.size(), .expected = {}, .seen = {}};
    answered.expected = answered.seen = model.apply(op);
    return finish(std::move(answered), used_more);
  }
  // It found no space, and nothing changed. `shown`: the file was read then.
  AnsweredOp& add_failed(const Op& op) {
    AnsweredOp answered{.op = op, .number = evidence.ops.size(), .expected = {}, .seen = {}};
    answered.expected.code = ErrorCode::no_space;
    if (!is_on_view(op.kind)) answered.expected.size_bytes = model.file(op.file)->size_bytes();
    answered.seen = answered.expected;
    if (!is_on_view(op.kind)) answered.file = shown_of(op.file);
    return finish(std::move(answered), 0);
  }
  // It wrote less than asked.
  AnsweredOp& add_short(const Op& op, uint64_t count_bytes, uint64_t used_more = 0) {
    Op shorter = op;
    shorter.length_bytes = count_bytes;
    AnsweredOp answered{.op = op, .number = evidence.ops.size(), .expected = {}, .seen = {}};
    if (count_bytes > 0) answered.expected = model.apply(shorter);
    answered.expected.size_bytes = model.file(op.file)->size_bytes();
    answered.seen = answered.expected;
    answered.file = shown_of(op.file);
    return finish(std::move(answered), used_more);
  }
  void add_end(uint32_t file) { evidence.at_end.push_back({false, file, shown_of(file)}); }

  Shown shown_of(uint32_t file) const {
    const auto& bytes = model.file(file)->bytes();
    return {.expected = bytes, .seen = bytes};
  }
  static SpaceUse space_of(uint64_t used) { return {total_blocks, used, total_blocks - used, 0}; }

  SequentialEvidence evidence;
  Model model;

 private:
  AnsweredOp& finish(AnsweredOp answered, uint64_t used_more) {
    used_ += used_more;
    answered.after = LabAtRest{.space = space_of(used_)};
    answered.most_blocks = most_blocks_of(model);
    evidence.ops.push_back(std::move(answered));
    return evidence.ops.back();
  }
  uint64_t used_ = kept_blocks;
};

inline SharedOp shared_op(SharedOpKind kind, uint64_t offset_bytes, uint64_t words = 1,
                          uint64_t value = 0, uint32_t file = 0) {
  SharedOp op;
  op.kind = kind;
  op.file = file;
  op.offset_bytes = offset_bytes;
  op.words = words;
  op.value = value;
  return op;
}
inline Event event_of(uint32_t thread, const SharedOp& op, uint64_t invoked, uint64_t answered,
                      std::array<uint64_t, most_words> words = {}) {
  Event event;
  event.thread = thread;
  event.op = op;
  event.invoked = invoked;
  event.answered = answered;
  event.count_bytes = op.words * 8;
  event.words = words;
  return event;
}
inline Event failed_event(Event event, ErrorCode code = ErrorCode::no_space) {
  event.code = code;
  event.count_bytes = 0;
  return event;
}

// Two threads, two files of 4 pages; the operations of the events are the program's.
inline ConcurrentEvidence concurrent_evidence(std::vector<Event> events) {
  ConcurrentEvidence evidence;
  evidence.program.threads = 2;
  evidence.program.files = 2;
  evidence.program.file_pages = 4;
  evidence.program.rounds.emplace_back(2);
  for (const Event& event : events) {
    if (event.thread < 2) evidence.program.rounds[0][event.thread].push_back(event.op);
  }
  evidence.events = std::move(events);
  evidence.garbage_seed = 77;
  evidence.garbage_blocks = {10, 90};
  evidence.before.space = MadeHistory::space_of(10);
  return evidence;
}

}  // namespace daxlab
