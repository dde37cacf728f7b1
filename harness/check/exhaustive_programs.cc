#include "harness/check/exhaustive_programs.h"

#include <algorithm>

#include "harness/check/value_of_op.h"

namespace daxlab {
namespace {

bool changes_something(const SharedOp& op) {
  return op.kind != SharedOpKind::load && op.kind != SharedOpKind::read &&
         op.kind != SharedOpKind::prefault_read && op.kind != SharedOpKind::sync &&
         op.kind != SharedOpKind::view_sync;
}

}  // namespace

// The word is the last one of its page, where writes of cut files end.
const std::vector<NamedOp>& alphabet() {
  constexpr uint64_t word = page_bytes - 8;
  static const std::vector<NamedOp> ops = {
      {"load", {.kind = SharedOpKind::load, .view = 0, .offset_bytes = word}},
      {"load through the other view",
       {.kind = SharedOpKind::load, .view = 1, .offset_bytes = word}},
      {"store", {.kind = SharedOpKind::store, .view = 0, .offset_bytes = word}},
      {"store through the other view",
       {.kind = SharedOpKind::store, .view = 1, .offset_bytes = word}},
      {"read", {.kind = SharedOpKind::read, .view = 0, .offset_bytes = word}},
      {"write", {.kind = SharedOpKind::write, .view = 0, .offset_bytes = word}},
      {"punch the page", {.kind = SharedOpKind::punch, .view = 0}},
      {"cut the page off", {.kind = SharedOpKind::truncate, .view = 0}},
      {"grow again", {.kind = SharedOpKind::truncate, .view = 0, .offset_bytes = page_bytes}},
      {"preallocate", {.kind = SharedOpKind::preallocate, .view = 0}},
      {"prefault for loads", {.kind = SharedOpKind::prefault_read, .view = 1}},
      {"sync", {.kind = SharedOpKind::sync, .view = 0}},
  };
  return ops;
}

ExhaustivePrograms::ExhaustivePrograms(uint32_t most_ops) {
  const size_t letters = alphabet().size();
  // Sequences of each length, in order.
  std::vector<std::vector<std::vector<size_t>>> of_length = {{{}}};
  for (uint32_t length = 1; length < most_ops; ++length) {
    auto& longer = of_length.emplace_back();
    for (const auto& shorter : of_length[length - 1]) {
      for (size_t letter = 0; letter < letters; ++letter) {
        longer.push_back(shorter);
        longer.back().push_back(letter);
      }
    }
  }
  const auto changes = [](const std::vector<size_t>& ops) {
    return std::ranges::any_of(ops, [](size_t op) { return changes_something(alphabet()[op].op); });
  };
  for (uint32_t all = 2; all <= most_ops; ++all) {
    for (uint32_t second = 1; 2 * second <= all; ++second) {
      for (const auto& one : of_length[all - second]) {
        for (const auto& other : of_length[second]) {
          if (2 * second == all && other < one) continue;
          if (changes(one) || changes(other)) programs_.push_back({one, other});
        }
      }
    }
  }
}

ConcurrentProgram ExhaustivePrograms::program(uint64_t number) const {
  const Ops& ops = programs_[number / 2];
  ConcurrentProgram program;
  program.seed = number;
  program.threads = 2;
  program.files = 1;
  program.file_pages = 1;
  program.views = {{0, {0, 1}}, {0, {0, 2}}};
  if (number % 2 == 1) {
    // Loads through both views.
    program.rounds.emplace_back(2)[0] = {alphabet()[0].op, alphabet()[1].op};
  }
  auto& threads = program.rounds.emplace_back(2);
  bool is_cut = false;
  for (uint64_t thread = 0; thread < 2; ++thread) {
    for (const size_t letter : thread == 0 ? ops.first : ops.second) {
      SharedOp op = alphabet()[letter].op;
      op.value = value_of_op(1, thread, threads[thread].size());
      is_cut = is_cut || op.kind == SharedOpKind::truncate;
      threads[thread].push_back(op);
    }
  }
  for (auto& round : program.rounds) {
    for (auto& thread : round) {
      for (SharedOp& op : thread) op.may_be_cut = is_cut;
    }
  }
  return program;
}

}  // namespace daxlab
