#include <utility>

#include "core/base/sizes.h"
#include "harness/histories/concurrent.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr uint64_t rounds_per_program = 20;

class ProgramGenerator {
 public:
  ProgramGenerator(uint64_t seed, uint32_t threads, Truncates truncates)
      : random_(seed), truncates_(truncates) {
    program_.seed = seed;
    program_.threads = threads;
    program_.files = static_cast<uint32_t>(random_.between(1, 2));
    first_pgoff_ = random_.below(5);
    program_.file_pages = first_pgoff_ + rounds_per_program + 1;
  }

  ConcurrentProgram run() {
    make_views();
    for (uint64_t round = 0; round < rounds_per_program; ++round) {
      const uint64_t pgoff = first_pgoff_ + round;
      with_punch_ = random_.percent(50);
      with_truncate_ = truncates_ == Truncates::some && random_.percent(25);
      auto& threads = program_.rounds.emplace_back(program_.threads);
      for (uint32_t thread = 0; thread < program_.threads; ++thread) {
        const uint64_t length = random_.between(4, 8);
        for (uint64_t i = 0; i < length; ++i) {
          threads[thread].push_back(any(pgoff));
          // Distinct, never 0, and readable: thread, round, operation.
          threads[thread].back().value =
              ((thread + 1) << 24) | ((round + 1) << 16) | ((i + 1) << 8);
        }
      }
      if (with_truncate_) mend();
    }
    return std::move(program_);
  }

 private:
  // Two or three views of each file that begin at different pages, so that one address offset is
  // not one file offset.
  void make_views() {
    for (uint32_t file = 0; file < program_.files; ++file) {
      views_of_.push_back(static_cast<uint32_t>(program_.views.size()));
      const uint64_t views = random_.between(2, 3);
      for (uint64_t i = 0; i < views; ++i) {
        const uint64_t first = i == 0 ? 0 : random_.between(0, first_pgoff_);
        const uint64_t past_end = random_.below(3);
        program_.views.push_back({file, {first, program_.file_pages - first + past_end}});
      }
    }
    views_of_.push_back(static_cast<uint32_t>(program_.views.size()));
  }

  // What was cut grows again, while nobody else does anything.
  void mend() {
    auto& threads = program_.rounds.emplace_back(program_.threads);
    for (uint32_t file = 0; file < program_.files; ++file) {
      SharedOp grow;
      grow.kind = SharedOpKind::truncate;
      grow.file = file;
      grow.view = views_of_[file];
      grow.offset_bytes = program_.file_pages * page_bytes;
      grow.may_be_cut = true;
      threads[0].push_back(grow);
    }
  }

  SharedOpKind any_kind() {
    if (with_truncate_ && random_.percent(15)) return SharedOpKind::truncate;
    const uint64_t dice = random_.below(100);
    if (dice < 28) return SharedOpKind::load;
    if (dice < 54) return SharedOpKind::store;
    if (dice < 68) return SharedOpKind::read;
    if (dice < 82) return SharedOpKind::write;
    if (dice < 90) return with_punch_ ? SharedOpKind::punch : SharedOpKind::load;
    if (dice < 92) return SharedOpKind::preallocate;
    if (dice < 94) return SharedOpKind::prefault_read;
    if (dice < 97) return SharedOpKind::prefault_write;
    return dice < 99 ? SharedOpKind::view_sync : SharedOpKind::sync;
  }

  SharedOp any(uint64_t pgoff) {
    SharedOp op;
    op.kind = any_kind();
    op.file = random_.percent(70) ? 0 : program_.files - 1;
    op.view =
        static_cast<uint32_t>(random_.between(views_of_[op.file], views_of_[op.file + 1] - 1));
    // The last word and the first one of the next page make writes that cross pages.
    const uint64_t word = random_.one_of({0, 0, 1, words_per_page - 1, words_per_page});
    op.offset_bytes = pgoff * page_bytes + word * 8;
    op.may_be_cut = with_truncate_;
    switch (op.kind) {
      case SharedOpKind::load:
      case SharedOpKind::store:
        break;
      case SharedOpKind::read:
      case SharedOpKind::write:
        op.words = random_.between(1, most_words);
        if (with_truncate_ && op.kind == SharedOpKind::write) {
          const uint64_t end = pgoff + random_.between(1, 2);
          op.offset_bytes = end * page_bytes - op.words * 8;
        }
        break;
      case SharedOpKind::truncate:
        op.offset_bytes =
            random_.one_of({pgoff, pgoff, pgoff + 1, program_.file_pages}) * page_bytes;
        break;
      case SharedOpKind::punch:
      case SharedOpKind::preallocate:
      case SharedOpKind::prefault_read:
      case SharedOpKind::prefault_write:
      case SharedOpKind::view_sync:
      case SharedOpKind::sync:
        op.offset_bytes -= op.offset_bytes % page_bytes;
        break;
      case SharedOpKind::make:
      case SharedOpKind::visit:
      case SharedOpKind::unlink:
        break;  // any_kind() chooses none of these
    }
    return op;
  }

  Random random_;
  ConcurrentProgram program_;
  uint64_t first_pgoff_ = 0;
  bool with_punch_ = false;
  Truncates truncates_;
  bool with_truncate_ = false;
  std::vector<uint32_t> views_of_;  // first view of each file, and the end
};

}  // namespace

ConcurrentProgram random_concurrent_program(uint64_t seed, uint32_t threads, Truncates truncates) {
  return ProgramGenerator(seed, threads, truncates).run();
}

}  // namespace daxlab
