#include "harness/judges/enospc.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/judges/space_needs.h"

namespace daxlab {
namespace {

struct Step {
  const SequentialEvidence& evidence;
  const AnsweredOp& op;
  const LabAtRest* before;  // of the operation; null: nobody looked
  uint64_t size_before_bytes;
};

Verdict enospc_verdict(const Step& step, std::string expected, std::string seen) {
  return {JudgeName::enospc, std::move(expected), std::move(seen), to_text(step.op),
          step.op.number};
}

bool is_write(OpKind kind) { return kind == OpKind::write || kind == OpKind::write_from_view; }

bool found_no_space(const AnsweredOp& op) {
  return may_run_out(op.op.kind) && op.seen.code == ErrorCode::no_space;
}
bool found_lost_page(const AnsweredOp& op) {
  return op.met_lost_page && op.seen.code == ErrorCode::io_error;
}
bool is_short(const AnsweredOp& op) {
  return is_write(op.op.kind) && op.seen.code == ErrorCode::ok &&
         op.seen.count_bytes < op.op.length_bytes;
}

// Free blocks with which it finds space whatever it does on the way.
uint64_t enough_blocks_for(const Op& op) {
  if (is_write(op.kind) || op.kind == OpKind::preallocate) {
    return most_blocks_for(pages_of({op.offset_bytes, op.length_bytes}));
  }
  // A view's offset is not the file's, but so many pages have a map as large.
  const ByteRange in_view{op.offset_bytes, std::max<uint64_t>(op.length_bytes, 8)};
  return most_blocks_for(pages_of(in_view)) + most_blocks_beside_fault;
}

// Those that it could have had before it, whenever meanwhile the allocator changed its reserve.
uint64_t available_before(const Step& step) {
  SpaceUse space = *step.before->space;
  if (step.op.after && step.op.after->space) {
    space.reserved_blocks = std::max(space.reserved_blocks, step.op.after->space->reserved_blocks);
  }
  return space.available_blocks();
}

std::optional<Verdict> judge_need(const Step& step) {
  if (step.evidence.faults.no_space_at != 0 || step.op.met_lost_page) return std::nullopt;
  if (step.before == nullptr || !step.before->space) return std::nullopt;
  const uint64_t available = available_before(step);
  const uint64_t enough = enough_blocks_for(step.op.op);
  if (available < enough) return std::nullopt;
  return enospc_verdict(
      step,
      fmt::format("space: {} blocks were {}, {} are enough", available,
                  words_for_available(*step.before->space), enough),
      found_no_space(step.op)
          ? std::string(describe(ErrorCode::no_space))
          : fmt::format("{} bytes of {}", step.op.seen.count_bytes, step.op.op.length_bytes));
}

std::optional<Verdict> judge_promised_length(const Step& step) {
  if (!is_short(step.op)) return std::nullopt;
  const uint64_t count = step.op.seen.count_bytes;
  if (step.evidence.all_or_nothing) {
    return enospc_verdict(step, "all of the write or no space",
                          fmt::format("{} bytes of {}", count, step.op.op.length_bytes));
  }
  if (count > 0) return std::nullopt;
  return enospc_verdict(step, "no space, or some bytes", "a write of 0 bytes that passes for one");
}

// The first byte of the range, past what was answered as written, that the file shows though it
// should not, and that is what the operation would have put there.
std::optional<Verdict> judge_bytes(const Step& step) {
  const AnsweredOp& op = step.op;
  if (op.op.kind != OpKind::write || !op.file || op.file->code != ErrorCode::ok) {
    return std::nullopt;
  }
  const std::vector<std::byte> wanted = written_bytes(op.op.value, op.op.length_bytes);
  const uint64_t written = op.seen.code == ErrorCode::ok ? op.seen.count_bytes : 0;
  const auto at = [](const std::vector<std::byte>& bytes, uint64_t offset) {
    return offset < bytes.size() ? bytes[offset] : std::byte{0};
  };
  for (uint64_t i = written; i < wanted.size(); ++i) {
    const uint64_t offset = op.op.offset_bytes + i;
    const std::byte seen = at(op.file->seen, offset);
    if (seen != wanted[i] || seen == at(op.file->expected, offset)) continue;
    return enospc_verdict(step,
                          fmt::format("{} bytes of {} written, no more", written, wanted.size()),
                          fmt::format("byte {} in the file", i));
  }
  return std::nullopt;
}

std::optional<Verdict> judge_size(const Step& step) {
  const AnsweredOp& op = step.op;
  const bool has_file = is_write(op.op.kind) || op.op.kind == OpKind::preallocate;
  if (!has_file) return std::nullopt;
  uint64_t expected = step.size_before_bytes;
  if (op.seen.code == ErrorCode::ok && op.seen.count_bytes > 0) {
    expected = std::max(expected, op.op.offset_bytes + op.seen.count_bytes);
  }
  if (op.seen.size_bytes == expected) return std::nullopt;
  return enospc_verdict(step, fmt::format("size {}", expected),
                        fmt::format("{}", op.seen.size_bytes));
}

// A write that says that all is written, where there may not have been space for all.
std::optional<Verdict> judge_full_write(const Step& step) {
  if (!is_write(step.op.op.kind)) return std::nullopt;
  const bool may_have_run_out = step.evidence.faults.no_space_at != 0 ||
                                (step.before != nullptr && step.before->space &&
                                 available_before(step) < enough_blocks_for(step.op.op));
  return may_have_run_out ? judge_size(step) : std::nullopt;
}

// Of an operation that failed: as before.
std::optional<Verdict> judge_unchanged_space(const Step& step) {
  const OpKind kind = step.op.op.kind;
  if (!is_write(kind) && kind != OpKind::preallocate) return std::nullopt;
  if (step.before == nullptr || !step.before->space || !step.op.after || !step.op.after->space) {
    return std::nullopt;
  }
  const SpaceUse& before = *step.before->space;
  const SpaceUse& after = *step.op.after->space;
  if (before.used_blocks == after.used_blocks && before.free_blocks == after.free_blocks) {
    return std::nullopt;
  }
  return enospc_verdict(
      step,
      fmt::format("{} blocks used and {} free, as before", before.used_blocks, before.free_blocks),
      fmt::format("{} and {}", after.used_blocks, after.free_blocks));
}

// Of one that did something: no more blocks than its bytes need. What write_from_view() loads may
// be given blocks too.
std::optional<Verdict> judge_growth(const Step& step) {
  const Op& op = step.op.op;
  if (op.kind != OpKind::write && op.kind != OpKind::preallocate) return std::nullopt;
  if (step.before == nullptr || !step.before->space || !step.op.after || !step.op.after->space) {
    return std::nullopt;
  }
  const uint64_t length = op.kind == OpKind::write ? step.op.seen.count_bytes : op.length_bytes;
  const uint64_t most = most_blocks_for(pages_of({op.offset_bytes, length}));
  const uint64_t before = step.before->space->used_blocks;
  const uint64_t after = step.op.after->space->used_blocks;
  if (after <= before + most) return std::nullopt;
  return enospc_verdict(
      step,
      fmt::format("{} blocks more or fewer, which {} bytes and their map can need", most, length),
      fmt::format("{} more", after - before));
}

std::optional<Verdict> judge_step(const Step& step) {
  // What the core refused to follow has made the operation fail, and says more.
  if (step.op.after && step.op.after->unsafe_answer) return std::nullopt;
  const bool failed = found_no_space(step.op) || found_lost_page(step.op);
  if (failed || is_short(step.op)) {
    if (auto found = judge_promised_length(step)) return found;
    if (auto found = judge_need(step)) return found;
    if (auto found = judge_size(step)) return found;
    if (auto found = judge_bytes(step)) return found;
    if (failed) return judge_unchanged_space(step);
  }
  if (step.op.seen.code != ErrorCode::ok) return std::nullopt;
  if (auto found = judge_full_write(step)) return found;
  return judge_growth(step);
}

}  // namespace

std::optional<Verdict> judge_enospc(const SequentialEvidence& evidence) {
  const LabAtRest* before = &evidence.before;
  std::array<uint64_t, history_files> sizes{};
  for (const AnsweredOp& op : evidence.ops) {
    // A place that was given another file answers create or open with its size.
    const bool on_place = !is_on_view(op.op.kind) && op.op.file < history_files;
    const uint64_t size = on_place ? sizes[op.op.file] : 0;
    if (auto found = judge_step({evidence, op, before, size})) return found;
    if (on_place) sizes[op.op.file] = op.seen.size_bytes;
    before = op.after ? &*op.after : nullptr;
  }
  return std::nullopt;
}

}  // namespace daxlab
