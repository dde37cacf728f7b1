// Whose bytes several threads may see.
#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/crash/garbage.h"
#include "harness/judges/isolation.h"
#include "harness/judges/unsafe_answers.h"

namespace daxlab {
namespace {

bool is_look(const Event& event) {
  return event.code == ErrorCode::ok &&
         (event.op.kind == SharedOpKind::load || event.op.kind == SharedOpKind::read);
}

// Operations of the program, run or not: one that the run never answered may have written too.
std::vector<const SharedOp*> writers_of(const ConcurrentProgram& program) {
  std::vector<const SharedOp*> writers;
  for (const auto& round : program.rounds) {
    for (const auto& ops : round) {
      for (const SharedOp& op : ops) {
        const bool writes = op.kind == SharedOpKind::write || op.kind == SharedOpKind::store;
        if (writes) writers.push_back(&op);
      }
    }
  }
  return writers;
}

// The block that had the word may have been freed by then: its page was punched, cut, or replaced
// by a copy.
bool may_be_freed(const ConcurrentEvidence& evidence, const SharedOp& writer, uint64_t word,
                  uint64_t answered) {
  const uint64_t offset = writer.offset_bytes + 8 * word;
  const uint64_t page = offset / page_bytes;
  return std::any_of(evidence.events.begin(), evidence.events.end(), [&](const Event& event) {
    const SharedOp& op = event.op;
    if (op.file != writer.file || event.invoked > answered || op.value == writer.value) {
      return false;
    }
    if (op.kind == SharedOpKind::truncate) return op.offset_bytes <= offset;
    if (op.kind == SharedOpKind::punch) return op.offset_bytes / page_bytes == page;
    return evidence.atomic_writes && op.kind == SharedOpKind::write &&
           op.offset_bytes / page_bytes <= page &&
           (op.offset_bytes + op.words * 8 - 1) / page_bytes >= page;
  });
}

// nullopt: nothing to blame anybody for here.
std::optional<std::string> origin_of(const ConcurrentEvidence& evidence,
                                     const std::vector<const SharedOp*>& writers, const Event& look,
                                     uint64_t k) {
  const uint64_t value = look.words[k];
  const uint64_t offset = look.op.offset_bytes + 8 * k;
  for (const SharedOp* writer : writers) {
    if (value < writer->value || value >= writer->value + writer->words) continue;
    const uint64_t word = value - writer->value;
    const uint64_t its_offset = writer->offset_bytes + 8 * word;
    if (writer->file == look.op.file) {
      if (its_offset == offset) return std::nullopt;
      if (!may_be_freed(evidence, *writer, word, look.answered)) return std::nullopt;
      return fmt::format("the bytes of f{} offset {}, whose block was freed", writer->file,
                         its_offset);
    }
    return fmt::format("the bytes of f{} offset {}", writer->file, its_offset);
  }
  if (evidence.garbage_seed != 0) {
    const auto garbage =
        find_garbage(evidence.garbage_seed, evidence.garbage_blocks, value, ~uint64_t{0});
    if (garbage) return fmt::format("what free block {} held before the run", garbage->block);
  }
  return "bytes that nobody wrote there";
}

}  // namespace

std::optional<Verdict> judge_isolation(const ConcurrentEvidence& evidence) {
  if (evidence.after) {
    auto found =
        judge_strategy_answers(*evidence.after, "when all threads had ended", std::nullopt);
    if (found) return found;
  }
  const std::vector<const SharedOp*> writers = writers_of(evidence.program);
  for (const Event& look : evidence.events) {
    if (!is_look(look)) continue;
    const uint64_t words = look.op.kind == SharedOpKind::read ? look.count_bytes / 8 : 1;
    for (uint64_t k = 0; k < std::min({words, look.op.words, most_words}); ++k) {
      if (look.words[k] == 0) continue;
      const auto origin = origin_of(evidence, writers, look, k);
      if (!origin) continue;
      return Verdict{JudgeName::isolation, only_own_bytes,
                     fmt::format("{:#x}: {}", look.words[k], *origin),
                     fmt::format("thread {}, f{} offset {}", look.thread, look.op.file,
                                 look.op.offset_bytes + 8 * k),
                     look.answered};
    }
  }
  return std::nullopt;
}

}  // namespace daxlab
