#include "harness/check/known_races.h"

#include <utility>

#include "harness/check/small_programs.h"
#include "harness/check/value_of_op.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

using Ops = std::vector<SharedOp>;

// Of the last word of a page, where writes of cut files end.
SharedOp on_word(SharedOpKind kind, uint64_t pgoff = 0) {
  return {.kind = kind, .offset_bytes = (pgoff + 1) * page_bytes - 8};
}
SharedOp on_page(SharedOpKind kind, uint64_t pgoff = 0) {
  return {.kind = kind, .offset_bytes = pgoff * page_bytes};
}
SharedOp other_view(SharedOp op) {
  op.view = 1;
  return op;
}
// Mapped for it alone, and gone when it is done.
SharedOp by_new_view(SharedOp op) {
  op.by_new_view = true;
  return op;
}
SharedOp of_other_file(SharedOp op) {
  op.file = 1;
  op.view = 2;
  return op;
}

struct Shape {
  Ops before;  // alone
  Ops first, second, third = {};
  uint32_t files = 1;
  bool shown = true;  // by views; if not, the file may end anywhere
};

ConcurrentProgram program_of(const Shape& shape) {
  ConcurrentProgram program;
  program.threads = shape.third.empty() ? 2 : 3;
  program.files = shape.files;
  program.file_pages = small_file_pages;
  for (uint32_t file = 0; file < shape.files; ++file) {
    const uint64_t first = shape.shown ? 0 : small_file_pages;
    program.views.push_back({file, {first, small_file_pages}});
    program.views.push_back({file, {first, small_file_pages + 1}});
  }
  if (!shape.before.empty()) program.rounds.push_back({shape.before, {}, {}});
  program.rounds.push_back({shape.first, shape.second, shape.third});
  for (auto& round : program.rounds) round.resize(program.threads);
  return program;
}

const std::vector<KnownRace>& all_known_races() {
  using enum SharedOpKind;
  constexpr uint64_t inside = page_bytes + 16;
  const SharedOp append{.kind = write, .offset_bytes = inside, .words = 2};
  const SharedOp behind = by_new_view({.kind = store, .offset_bytes = inside + 8});
  const SharedOp end_inside{.kind = truncate, .offset_bytes = inside};
  static const std::vector<KnownRace> all = {
      {"who has seen a write in place stores over it",
       program_of({{on_word(store)}, {on_word(write)}, {on_word(load), on_word(store)}})},
      {"a fault fills the hole that a write was to fill",
       program_of({{}, {on_word(write)}, {on_word(store), on_word(load), on_word(store)}})},
      {"a cut takes the page that an append writes to",
       program_of({.before = {{.kind = write, .offset_bytes = page_bytes}, end_inside},
                   .first = {append},
                   .second = {on_page(truncate)},
                   .shown = false})},
      {"a cut comes between two looks of a read",
       program_of({{on_word(write)}, {on_word(read), on_word(read)}, {on_page(truncate)}})},
      {"a block goes to another file while it is synced",
       program_of(
           {.before = {on_word(store)},
            .first = {on_page(sync)},
            .second = {on_page(punch), of_other_file(on_word(store)), of_other_file(on_page(sync))},
            .files = 2})},
      {"two syncs of what was stored through a view that is gone",
       program_of({{by_new_view(on_word(store))}, {on_page(sync)}, {on_page(sync)}})},
      {"a file grows over what was stored behind its end",
       program_of({.before = {{.kind = write, .offset_bytes = page_bytes}, end_inside, behind},
                   .first = {{.kind = truncate, .offset_bytes = small_file_pages * page_bytes}},
                   .second = {{.kind = read, .offset_bytes = page_bytes}},
                   .shown = false})},
      {"a write behind the end covers what was stored there",
       program_of({.before = {{.kind = write, .offset_bytes = page_bytes}, end_inside, behind},
                   .first = {{.kind = write, .offset_bytes = inside + 32, .words = 2}},
                   .second = {{.kind = read, .offset_bytes = page_bytes}},
                   .shown = false})},
      {"punches empty the leaf that a write enters",
       program_of({{on_word(store)},
                   {on_word(write, 1)},
                   {other_view(on_word(load)), on_page(punch)},
                   {other_view(on_word(load, 1)), on_page(punch)}})},
  };
  return all;
}

bool cuts(const ConcurrentProgram& program) {
  for (const auto& round : program.rounds) {
    for (const auto& thread : round) {
      for (const SharedOp& op : thread) {
        if (op.kind == SharedOpKind::truncate) return true;
      }
    }
  }
  return false;
}

// One thread does one of its operations again.
void add_one(Random& random, ConcurrentProgram& program) {
  auto& ops = program.rounds.back()[random.below(2)];
  const SharedOp again = ops[random.below(ops.size())];
  ops.insert(ops.begin() + static_cast<ptrdiff_t>(random.below(ops.size() + 1)), again);
}

// Values that tell who wrote what.
void finish(ConcurrentProgram& program) {
  const bool may_be_cut = cuts(program);
  for (uint64_t round = 0; round < program.rounds.size(); ++round) {
    for (uint64_t thread = 0; thread < program.rounds[round].size(); ++thread) {
      auto& ops = program.rounds[round][thread];
      for (uint64_t i = 0; i < ops.size(); ++i) {
        ops[i].may_be_cut = may_be_cut;
        ops[i].value = value_of_op(round, thread, i);
      }
    }
  }
}

}  // namespace

const std::vector<KnownRace>& known_races() {
  static const std::vector<KnownRace> all = [] {
    std::vector<KnownRace> finished = all_known_races();
    for (KnownRace& race : finished) finish(race.program);
    return finished;
  }();
  return all;
}

ConcurrentProgram program_of_a_known_race(uint64_t seed) {
  Random random(mix_bits(seed) + 19);
  ConcurrentProgram program = known_races()[random.below(known_races().size())].program;
  program.seed = seed;
  if (random.percent(50)) add_one(random, program);
  finish(program);
  return program;
}

}  // namespace daxlab
