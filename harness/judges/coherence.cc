#include "harness/judges/coherence.h"

#include <fmt/format.h>

#include "harness/histories/outcome_difference.h"
#include "harness/judges/space_needs.h"

namespace daxlab {
namespace {

Verdict coherence_verdict(const Difference& difference, std::string where, uint64_t at) {
  if (!difference.place.empty()) where += ", " + difference.place;
  return {JudgeName::coherence, difference.expected, difference.seen, std::move(where), at};
}

std::optional<Difference> difference_of(const Shown& shown) {
  if ((shown.expected_code == ErrorCode::ok) != (shown.code == ErrorCode::ok)) {
    return Difference{{},
                      fmt::format("\"{}\"", describe(shown.expected_code)),
                      fmt::format("\"{}\"", describe(shown.code))};
  }
  return find_difference(shown.expected, shown.seen, shown.offset_bytes);
}

// Nobody saw it, and nothing came of it. Of a name something may have: that it is there.
bool came_to_nothing(const Event& event) {
  return event.code == ErrorCode::no_space && may_run_out(event.op.kind) &&
         !is_on_name(event.op.kind);
}

// A short write has written whole pages, from its start on.
bool is_short_write(const Event& event) {
  return event.op.kind == SharedOpKind::write && event.code == ErrorCode::ok &&
         event.count_bytes > 0 && event.count_bytes < event.op.words * 8 &&
         event.count_bytes % 8 == 0;
}

// What happened: without what found no space, and short writes as long as they were.
std::vector<Event> as_they_happened(const std::vector<Event>& events) {
  std::vector<Event> happened;
  happened.reserve(events.size());
  for (const Event& event : events) {
    if (came_to_nothing(event)) continue;
    happened.push_back(event);
    if (is_short_write(event)) happened.back().op.words = event.count_bytes / 8;
  }
  return happened;
}

}  // namespace

std::optional<Verdict> judge_coherence(const SequentialEvidence& evidence) {
  for (const AnsweredOp& op : evidence.ops) {
    if (const auto found = find_difference(op.op, op.expected, op.seen)) {
      return coherence_verdict(*found, to_text(op), op.number);
    }
    if (!op.file) continue;
    if (const auto found = difference_of(*op.file)) {
      return coherence_verdict(*found, "the file, read after " + to_text(op), op.number);
    }
  }
  for (const ShownAtEnd& end : evidence.at_end) {
    if (const auto found = difference_of(end.shown)) {
      const char* what = end.by_view ? "view " : "f";
      return coherence_verdict(*found, fmt::format("at the end, {}{}", what, end.place),
                               when_all_was_done);
    }
  }
  return std::nullopt;
}

std::optional<Verdict> judge_coherence(const ConcurrentEvidence& evidence) {
  const auto found =
      judge(evidence.program, as_they_happened(evidence.events), evidence.punch_rule);
  if (!found) return std::nullopt;
  return Verdict{JudgeName::coherence,
                 "for each word an order of the operations in which every look gives what was last "
                 "written before it",
                 *found, "", std::nullopt};
}

}  // namespace daxlab
