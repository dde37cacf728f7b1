// What several threads may be told when space runs out.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/judges/enospc.h"
#include "harness/judges/space_needs.h"

namespace daxlab {
namespace {

bool found_no_space(const Event& event) {
  return may_run_out(event.op.kind) && event.code == ErrorCode::no_space;
}
bool is_short(const Event& event) {
  return event.op.kind == SharedOpKind::write && event.code == ErrorCode::ok &&
         event.count_bytes < event.op.words * 8;
}

std::string where_of(const Event& event) {
  return fmt::format("thread {}, f{} offset {}", event.thread, event.op.file,
                     event.op.offset_bytes);
}

std::string answer_of(const Event& event) {
  if (found_no_space(event)) return describe(ErrorCode::no_space);
  return fmt::format("{} bytes of {}", event.count_bytes, event.op.words * 8);
}

// Enough for all files at full length, and for every thread in the middle of an operation.
uint64_t enough_blocks_for(const ConcurrentProgram& program) {
  constexpr PageRange most_words_pages{0, 2};
  uint64_t pages = program.file_pages;
  uint64_t of_names = 0;
  for (const auto& round : program.rounds) {
    for (const auto& ops : round) {
      for (const SharedOp& op : ops) {
        pages = std::max(pages, op.offset_bytes / page_bytes + 2);
        if (is_on_name(op.kind)) of_names += 2 * most_blocks_for({0, 2});
      }
    }
  }
  return program.files * 2 * most_blocks_for({0, pages}) + of_names +
         program.threads * (2 * most_blocks_for(most_words_pages) + most_blocks_beside_fault);
}

// The reserve may have grown while the threads ran.
uint64_t available_at_first(const ConcurrentEvidence& evidence) {
  SpaceUse space = *evidence.before.space;
  if (evidence.after && evidence.after->space) {
    space.reserved_blocks = std::max(space.reserved_blocks, evidence.after->space->reserved_blocks);
  }
  return space.available_blocks();
}

// Words that it would have written but did not, as answered.
struct Unwritten {
  const Event* event;
  uint64_t from_word;
};

std::optional<Verdict> judge_unwritten(const ConcurrentEvidence& evidence,
                                       const std::vector<Unwritten>& unwritten) {
  for (const Event& look : evidence.events) {
    if (look.code != ErrorCode::ok) continue;
    if (look.op.kind != SharedOpKind::load && look.op.kind != SharedOpKind::read) continue;
    for (uint64_t k = 0; k < std::min(look.op.words, most_words); ++k) {
      for (const auto& [event, from_word] : unwritten) {
        const uint64_t first = event->op.value + from_word;
        const uint64_t end = event->op.value + event->op.words;
        if (look.words[k] < first || look.words[k] >= end) continue;
        return Verdict{JudgeName::enospc,
                       fmt::format("nothing of what was answered with \"{}\"", answer_of(*event)),
                       fmt::format("{:#x} by thread {}, in f{} at offset {}", look.words[k],
                                   look.thread, look.op.file, look.op.offset_bytes + 8 * k),
                       where_of(*event), look.answered};
      }
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Verdict> judge_enospc(const ConcurrentEvidence& evidence) {
  std::vector<Unwritten> unwritten;
  for (const Event& event : evidence.events) {
    const bool failed = found_no_space(event);
    if (!failed && !is_short(event)) continue;
    const bool stores =
        event.op.kind == SharedOpKind::write || event.op.kind == SharedOpKind::store;
    if (stores) unwritten.push_back({&event, failed ? 0 : (event.count_bytes + 7) / 8});
    if (!failed && (evidence.all_or_nothing || event.count_bytes == 0)) {
      return Verdict{JudgeName::enospc, "all of the write or no space", answer_of(event),
                     where_of(event), event.answered};
    }
    if (evidence.faults.no_space_at != 0 || !evidence.before.space) continue;
    const uint64_t available = available_at_first(evidence);
    const uint64_t enough = enough_blocks_for(evidence.program);
    if (available < enough) continue;
    return Verdict{JudgeName::enospc,
                   fmt::format("space: {} blocks were {} at first, {} are enough", available,
                               words_for_available(*evidence.before.space), enough),
                   answer_of(event), where_of(event), event.answered};
  }
  return unwritten.empty() ? std::nullopt : judge_unwritten(evidence, unwritten);
}

}  // namespace daxlab
