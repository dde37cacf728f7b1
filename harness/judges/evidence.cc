#include "harness/judges/evidence.h"

#include <fmt/format.h>

namespace daxlab {

LabAtRest look_at(Lab& lab, const JudgeSet& judges) {
  LabAtRest seen;
  // The kernel's file systems have other users: their space tells nothing about this run.
  const bool has_region = !lab.region_bytes().empty();
  if (has_region && (has(judges, JudgeName::accounting) || has(judges, JudgeName::enospc))) {
    seen.space = lab.files().space_use();
  }
  if (has(judges, JudgeName::zero_page_cache)) seen.cached_pages = lab.cached_pages();
  seen.unsafe_answer = lab.failure();
  return seen;
}

std::optional<Op> as_it_happened(const AnsweredOp& answered) {
  if (answered.seen.code != ErrorCode::ok || answered.expected.code != ErrorCode::ok) {
    return std::nullopt;
  }
  Op op = answered.op;
  const bool is_counted = op.kind == OpKind::write || op.kind == OpKind::write_from_view ||
                          op.kind == OpKind::read_into_view;
  if (is_counted && answered.seen.count_bytes < op.length_bytes) {
    op.length_bytes = answered.seen.count_bytes;
  }
  return op;
}

std::string to_text(const AnsweredOp& answered) {
  return fmt::format("op {} {}", answered.number, to_text(answered.op));
}

}  // namespace daxlab
