#include "harness/check/programs_of_names.h"

#include <algorithm>
#include <utility>

#include "harness/check/small_programs.h"
#include "harness/check/value_of_op.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

class NameGenerator {
 public:
  explicit NameGenerator(uint64_t seed) : random_(mix_bits(seed) + 20) {
    program_.seed = seed;
    program_.threads = random_.percent(70) ? 2 : 3;
    names_ = random_.percent(50);
    program_.files = names_ && random_.percent(50) ? 2 : 1;
    program_.file_pages = small_file_pages;
    for (uint32_t file = 0; file < program_.files; ++file) {
      program_.views.push_back({file, {0, small_file_pages}});
      program_.views.push_back({file, {0, small_file_pages + 1}});
    }
  }

  ConcurrentProgram run() {
    if (random_.percent(60)) add_round(1, 2);
    add_round(program_.threads, program_.threads == 2 ? 4 : 3);
    return std::move(program_);
  }

 private:
  void add_round(uint32_t threads, uint64_t most) {
    const uint64_t round = program_.rounds.size();
    auto& added = program_.rounds.emplace_back(program_.threads);
    for (uint32_t thread = 0; thread < threads; ++thread) {
      const uint64_t length = random_.between(1, most);
      for (uint64_t i = 0; i < length; ++i) {
        added[thread].push_back(names_ ? on_name(round == 0 && threads == 1) : on_page());
        added[thread].back().value = value_of_op(round, thread, i);
      }
    }
  }

  SharedOp on_name(bool at_first) {
    const uint64_t dice = random_.below(100);
    SharedOp op;
    op.kind = at_first || dice < 38 ? SharedOpKind::make
              : dice < 68           ? SharedOpKind::visit
                                    : SharedOpKind::unlink;
    op.file = program_.files == 2 && random_.percent(35) ? 1 : 0;
    op.view = 2 * op.file;
    return op;
  }

  SharedOpKind any_kind() {
    const uint64_t dice = random_.below(100);
    if (dice < 40) return SharedOpKind::load;
    if (dice < 68) return SharedOpKind::store;
    if (dice < 78) return SharedOpKind::write;
    if (dice < 95) return SharedOpKind::punch;
    return SharedOpKind::prefault_read;
  }

  // All meet at the last word of the first page.
  SharedOp on_page() {
    SharedOp op{.kind = any_kind()};
    op.view = static_cast<uint32_t>(random_.below(2));
    const bool whole_page =
        op.kind == SharedOpKind::punch || op.kind == SharedOpKind::prefault_read;
    if (!whole_page) op.offset_bytes = page_bytes - 8;
    const bool is_access = op.kind == SharedOpKind::load || op.kind == SharedOpKind::store;
    op.by_new_view = is_access && random_.percent(65);
    return op;
  }

  Random random_;
  ConcurrentProgram program_;
  bool names_ = false;
};

}  // namespace

ConcurrentProgram small_program_of_names(uint64_t seed) { return NameGenerator(seed).run(); }

bool makes_names(const ConcurrentProgram& program) {
  for (const auto& round : program.rounds) {
    for (const auto& thread : round) {
      if (std::ranges::any_of(thread, [](const SharedOp& op) { return is_on_name(op.kind); })) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace daxlab
