#include "harness/judges/accounting.h"

#include <fmt/format.h>

#include "harness/judges/unsafe_answers.h"

namespace daxlab {
namespace {

Verdict accounting_verdict(std::string expected, std::string seen, std::string where,
                           std::optional<uint64_t> at) {
  return {JudgeName::accounting, std::move(expected), std::move(seen), std::move(where), at};
}

std::optional<Verdict> judge_reserve(const SpaceUse& space, const std::string& where,
                                     std::optional<uint64_t> at) {
  if (space.reserved_blocks <= space.free_blocks) return std::nullopt;
  return accounting_verdict(
      fmt::format("at most the {} free blocks are reserved", space.free_blocks),
      fmt::format("{}", space.reserved_blocks), where, at);
}

std::optional<Verdict> judge_sum(const LabAtRest& rest, const std::string& where,
                                 std::optional<uint64_t> at) {
  if (auto found = judge_allocator_answers(rest, where, at)) return found;
  if (!rest.space) return std::nullopt;
  const SpaceUse& space = *rest.space;
  const uint64_t sum = space.used_blocks + space.free_blocks + space.bad_blocks;
  if (sum == space.total_blocks) return judge_reserve(space, where, at);
  const bool lost = sum < space.total_blocks;
  const uint64_t blocks = lost ? space.total_blocks - sum : sum - space.total_blocks;
  const std::string bad =
      space.bad_blocks == 0 ? std::string() : fmt::format(" + {} bad", space.bad_blocks);
  return accounting_verdict(
      fmt::format("used + free{} = {} blocks", bad, space.total_blocks),
      fmt::format("{} + {}: {} {}", space.used_blocks, space.free_blocks, blocks,
                  lost ? "are in no file and not free" : "are counted twice"),
      where, at);
}

bool only_frees(OpKind kind) {
  return kind == OpKind::punch || kind == OpKind::truncate || kind == OpKind::unlink ||
         kind == OpKind::unmap;
}

std::optional<Verdict> judge_blocks_in_use(const AnsweredOp& op, const SpaceUse& at_first,
                                           const SpaceUse& before) {
  const SpaceUse& after = *op.after->space;
  if (only_frees(op.op.kind) && after.used_blocks > before.used_blocks) {
    return accounting_verdict(fmt::format("{} blocks in use or fewer", before.used_blocks),
                              fmt::format("{}", after.used_blocks), "after " + to_text(op),
                              op.number);
  }
  if (!op.most_blocks) return std::nullopt;
  const uint64_t most = at_first.used_blocks + *op.most_blocks;
  if (after.used_blocks <= most) return std::nullopt;
  return accounting_verdict(
      fmt::format("{} blocks in use or fewer: what files of these sizes can hold", most),
      fmt::format("{}", after.used_blocks), "after " + to_text(op), op.number);
}

// Where a file was there before, more is free afterwards.
std::optional<Verdict> judge_emptied(const LabAtRest& before, const LabAtRest& emptied,
                                     bool had_file) {
  const std::string where = "when every file was gone";
  // The looks at the end may have asked for it.
  if (auto found = judge_allocator_answers(emptied, where, when_all_was_done)) return found;
  if (auto found = judge_sum(emptied, where, when_all_was_gone)) return found;
  if (had_file || !before.space || !emptied.space) return std::nullopt;
  const SpaceUse& first = *before.space;
  const SpaceUse& last = *emptied.space;
  if (first.used_blocks == last.used_blocks && first.free_blocks == last.free_blocks) {
    return std::nullopt;
  }
  return accounting_verdict(
      fmt::format("{} blocks used and {} free, as at first", first.used_blocks, first.free_blocks),
      fmt::format("{} and {}", last.used_blocks, last.free_blocks), where, when_all_was_gone);
}

}  // namespace

std::optional<Verdict> judge_accounting(const SequentialEvidence& evidence) {
  const std::optional<SpaceUse>& at_first = evidence.before.space;
  std::optional<SpaceUse> before = at_first;
  for (const AnsweredOp& op : evidence.ops) {
    if (!op.after) {
      before.reset();
      continue;
    }
    if (auto found = judge_sum(*op.after, "after " + to_text(op), op.number)) return found;
    if (before && at_first && op.after->space) {
      if (auto found = judge_blocks_in_use(op, *at_first, *before)) return found;
    }
    before = op.after->space;
  }
  if (!evidence.emptied) return std::nullopt;
  return judge_emptied(evidence.before, *evidence.emptied, evidence.file_before.has_value());
}

std::optional<Verdict> judge_accounting(const ConcurrentEvidence& evidence) {
  if (evidence.after) {
    const std::string where = "when all threads had ended";
    if (auto found = judge_sum(*evidence.after, where, std::nullopt)) return found;
  }
  return evidence.emptied ? judge_emptied(evidence.before, *evidence.emptied, false) : std::nullopt;
}

}  // namespace daxlab
