#include "harness/judges/isolation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "harness/histories/outcome_difference.h"
#include "harness/judges/unsafe_answers.h"
#include "harness/judges/word_origins.h"

namespace daxlab {
namespace {

bool differs(const Shown& shown) { return !same_bytes(shown.expected, shown.seen); }
bool differs(const AnsweredOp& op) {
  return op.expected.word != op.seen.word || !same_bytes(op.expected.bytes, op.seen.bytes) ||
         (op.file && differs(*op.file));
}

std::optional<Verdict> judge_shown(const WordOrigins& origins, const ModelFile* file,
                                   uint64_t offset_bytes, std::span<const std::byte> expected,
                                   std::span<const std::byte> seen, const std::string& where,
                                   uint64_t at) {
  if (file == nullptr) return std::nullopt;
  const auto foreign = origins.find_foreign(*file, offset_bytes, expected, seen);
  if (!foreign) return std::nullopt;
  return Verdict{JudgeName::isolation, only_own_bytes,
                 fmt::format("{:#x}: {}", foreign->value, foreign->origin),
                 fmt::format("{}, file offset {}", where, foreign->offset_bytes), at};
}

std::optional<Verdict> judge_op(const WordOrigins& origins, const AnsweredOp& op) {
  const Model& model = origins.model();
  const std::string where = to_text(op);
  if (op.op.kind == OpKind::load && op.seen.code == ErrorCode::ok) {
    const Model::ModelView& view = model.view(op.op.view);
    return judge_shown(origins, view.file.get(), view.range.pgoff * page_bytes + op.op.offset_bytes,
                       std::as_bytes(std::span(&op.expected.word, 1)),
                       std::as_bytes(std::span(&op.seen.word, 1)), where, op.number);
  }
  const ModelFile* file =
      is_on_view(op.op.kind) ? model.view(op.op.view).file.get() : model.file(op.op.file).get();
  if (op.op.kind == OpKind::read) {
    auto found = judge_shown(origins, file, op.op.offset_bytes, op.expected.bytes, op.seen.bytes,
                             where, op.number);
    if (found) return found;
  }
  if (!op.file) return std::nullopt;
  return judge_shown(origins, file, op.file->offset_bytes, op.file->expected, op.file->seen,
                     "the file, read after " + where, op.number);
}

std::optional<Verdict> judge_end(const WordOrigins& origins, const ShownAtEnd& end) {
  if (!differs(end.shown)) return std::nullopt;
  const Model& model = origins.model();
  const ModelFile* file =
      end.by_view ? model.view(end.place).file.get() : model.file(end.place).get();
  return judge_shown(origins, file, end.shown.offset_bytes, end.shown.expected, end.shown.seen,
                     fmt::format("at the end, {}{}", end.by_view ? "view " : "f", end.place),
                     when_all_was_done);
}

}  // namespace

std::optional<Verdict> judge_isolation(const SequentialEvidence& evidence) {
  const bool any_op = std::any_of(evidence.ops.begin(), evidence.ops.end(), [](const auto& op) {
    return differs(op) || (op.after && op.after->unsafe_answer);
  });
  const bool any_end = std::any_of(evidence.at_end.begin(), evidence.at_end.end(),
                                   [](const ShownAtEnd& end) { return differs(end.shown); });
  const bool unsafe_at_end = evidence.emptied && evidence.emptied->unsafe_answer;
  if (!any_op && !any_end && !unsafe_at_end) return std::nullopt;  // spares following the history
  WordOrigins origins(evidence);
  for (const AnsweredOp& op : evidence.ops) {
    origins.follow(op);
    if (op.after) {
      auto found = judge_strategy_answers(*op.after, "after " + to_text(op), op.number);
      if (found) return found;
    }
    if (!differs(op)) continue;
    if (auto found = judge_op(origins, op)) return found;
  }
  for (const ShownAtEnd& end : evidence.at_end) {
    if (auto found = judge_end(origins, end)) return found;
  }
  return evidence.emptied
             ? judge_strategy_answers(*evidence.emptied, "at the end", when_all_was_done)
             : std::nullopt;
}

}  // namespace daxlab
