#include "harness/judges/parity.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/histories/outcome_difference.h"

namespace daxlab {
namespace {

Verdict parity_verdict(const EngineAnswers& first, const EngineAnswers& other,
                       const Difference& difference, std::string where, uint64_t at) {
  if (!difference.place.empty()) where += ", " + difference.place;
  return {JudgeName::parity, fmt::format("{} as on {}", difference.expected, first.engine),
          fmt::format("{} on {}", difference.seen, other.engine), std::move(where), at};
}

// Bytes may be missing where it is a bus error.
std::optional<Difference> find_difference_at_end(const Shown& first, const Shown& other) {
  if ((first.code == ErrorCode::ok) != (other.code == ErrorCode::ok)) {
    return Difference{{},
                      fmt::format("\"{}\"", describe(first.code)),
                      fmt::format("\"{}\"", describe(other.code))};
  }
  return find_difference(first.seen, other.seen, first.offset_bytes);
}

std::optional<Verdict> judge_ops(const EngineAnswers& first, const EngineAnswers& other) {
  const auto& ops = first.evidence.ops;
  const auto& others = other.evidence.ops;
  for (size_t i = 0; i < std::min(ops.size(), others.size()); ++i) {
    if (!(ops[i].op == others[i].op)) {
      return parity_verdict(first, other, {{}, to_text(ops[i].op), to_text(others[i].op)},
                            fmt::format("op {}", ops[i].number), ops[i].number);
    }
    if (const auto found = find_difference(ops[i].op, ops[i].seen, others[i].seen)) {
      return parity_verdict(first, other, *found, to_text(ops[i]), ops[i].number);
    }
  }
  if (ops.size() == others.size()) return std::nullopt;
  const uint64_t at = (ops.size() > others.size() ? ops[others.size()] : others[ops.size()]).number;
  return parity_verdict(
      first, other,
      {{}, fmt::format("{} operations", ops.size()), fmt::format("{}", others.size())},
      fmt::format("op {}", at), at);
}

std::optional<Verdict> compare_ends(const EngineAnswers& first, const EngineAnswers& other) {
  const auto& ends = first.evidence.at_end;
  const auto& others = other.evidence.at_end;
  for (size_t i = 0; i < std::min(ends.size(), others.size()); ++i) {
    const auto found = find_difference_at_end(ends[i].shown, others[i].shown);
    if (!found) continue;
    return parity_verdict(
        first, other, *found,
        fmt::format("at the end, {}{}", ends[i].by_view ? "view " : "f", ends[i].place),
        when_all_was_done);
  }
  if (ends.size() == others.size()) return std::nullopt;
  return parity_verdict(first, other,
                        {{},
                         fmt::format("{} files and pages of views", ends.size()),
                         fmt::format("{}", others.size())},
                        "at the end", when_all_was_done);
}

}  // namespace

std::optional<Verdict> judge_parity(std::span<const EngineAnswers> engines) {
  std::optional<Verdict> earliest;
  for (size_t i = 1; i < engines.size(); ++i) {
    auto verdict = judge_ops(engines[0], engines[i]);
    if (!verdict) verdict = compare_ends(engines[0], engines[i]);
    if (verdict && (!earliest || *verdict->at < *earliest->at)) earliest = verdict;
  }
  return earliest;
}

}  // namespace daxlab
