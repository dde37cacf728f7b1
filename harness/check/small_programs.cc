#include "harness/check/small_programs.h"

#include <utility>

#include "harness/check/value_of_op.h"
#include "harness/histories/random.h"

namespace daxlab {
namespace {

constexpr uint64_t words_per_page = page_bytes / 8;
class AccessGenerator {
 public:
  explicit AccessGenerator(uint64_t seed) : random_(mix_bits(seed) + 17) {
    program_.seed = seed;
    program_.threads = random_.percent(75) ? 2 : 3;
    one_word_ = random_.percent(50);
    program_.files = one_word_ || random_.percent(80) ? 1 : 2;
    program_.file_pages = small_file_pages;
    truncates_ = random_.percent(one_word_ ? 15 : 35);
    punches_ = random_.percent(60);
    hot_page_ = random_.below(small_file_pages);
  }

  ConcurrentProgram run() {
    for (uint32_t file = 0; file < program_.files; ++file) {
      program_.views.push_back({file, {0, small_file_pages + random_.below(2)}});
      program_.views.push_back({file, {random_.below(2), small_file_pages}});
    }
    if (random_.percent(one_word_ ? 60 : 35)) {
      look_through_every_view();
    } else if (random_.percent(30)) {
      add_round(0, 1, 1, 3);
    }
    add_round(0, program_.threads, 1, program_.threads == 2 ? 4 : 3);
    return std::move(program_);
  }

 private:
  // Zero pages everywhere, for what follows to take down.
  void look_through_every_view() {
    auto& threads = program_.rounds.emplace_back(program_.threads);
    for (uint32_t view = 0; view < program_.views.size(); ++view) {
      if (program_.views[view].range.pgoff > hot_page_) continue;
      threads[0].push_back({.kind = SharedOpKind::load,
                            .file = program_.views[view].file,
                            .view = view,
                            .offset_bytes = (hot_page_ + 1) * page_bytes - 8,
                            .may_be_cut = truncates_});
    }
  }

  void add_round(uint32_t first, uint32_t end, uint64_t fewest, uint64_t most) {
    const uint64_t round = program_.rounds.size();
    auto& threads = program_.rounds.emplace_back(program_.threads);
    for (uint32_t thread = first; thread < end; ++thread) {
      const uint64_t length = random_.between(fewest, most);
      for (uint64_t i = 0; i < length; ++i) {
        threads[thread].push_back(any());
        threads[thread].back().value = value_of_op(round, thread, i);
      }
    }
  }

  SharedOpKind any_kind() {
    const uint64_t dice = random_.below(100);
    if (one_word_ && dice < 35) return SharedOpKind::load;
    if (one_word_ && dice < 70) return SharedOpKind::store;
    return any_kind_of(random_.below(100));
  }

  SharedOpKind any_kind_of(uint64_t dice) const {
    if (truncates_ && dice < 18) return SharedOpKind::truncate;
    if (punches_ && dice < 30) return SharedOpKind::punch;
    if (dice < 48) return SharedOpKind::load;
    if (dice < 66) return SharedOpKind::store;
    if (dice < 72) return SharedOpKind::read;
    if (dice < 86) return SharedOpKind::write;
    if (dice < 90) return SharedOpKind::preallocate;
    if (dice < 92) return SharedOpKind::prefault_read;
    if (dice < 94) return SharedOpKind::prefault_write;
    return dice < 97 ? SharedOpKind::view_sync : SharedOpKind::sync;
  }

  SharedOp any() {
    SharedOp op;
    op.kind = any_kind();
    op.file = static_cast<uint32_t>(random_.below(program_.files));
    op.may_be_cut = truncates_;
    const uint64_t pgoff =
        one_word_ || random_.percent(75) ? hot_page_ : random_.below(small_file_pages);
    op.offset_bytes = pgoff * page_bytes;
    op.view = view_of(op.file, pgoff);
    switch (op.kind) {
      case SharedOpKind::load:
      case SharedOpKind::store:
        op.offset_bytes += one_word_ ? page_bytes - 8 : 8 * random_.below(2) * (words_per_page - 1);
        break;
      case SharedOpKind::read:
      case SharedOpKind::write:
        op.words = one_word_ ? 1 : random_.between(1, most_words);
        place_words(op, pgoff);
        break;
      case SharedOpKind::truncate:
        op.offset_bytes = random_.below(small_file_pages + 1) * page_bytes;
        break;
      default:
        break;
    }
    return op;
  }

  uint32_t view_of(uint32_t file, uint64_t pgoff) {
    const uint32_t first = 2 * file;
    const bool second_shows_it = program_.views[first + 1].range.pgoff <= pgoff;
    return first + (second_shows_it && random_.percent(50) ? 1 : 0);
  }

  // The last word and the first one of the next page make writes that cross pages. Where files are
  // cut, writes end where a page ends.
  void place_words(SharedOp& op, uint64_t pgoff) {
    if (truncates_ || one_word_) {
      op.offset_bytes = (pgoff + 1) * page_bytes - op.words * 8;
    } else if (pgoff + 1 < small_file_pages && random_.percent(30)) {
      op.offset_bytes = (pgoff + 1) * page_bytes - 8;
    } else {
      op.offset_bytes += 8 * random_.one_of({uint64_t{0}, words_per_page - most_words});
    }
  }

  Random random_;
  ConcurrentProgram program_;
  bool one_word_ = false;  // that all meet at, mostly in loads and stores
  bool truncates_ = false;
  bool punches_ = false;
  uint64_t hot_page_ = 0;
};

// Ends and appends lie on the first words of two pages, and on the last one of the first.
class CallGenerator {
 public:
  explicit CallGenerator(uint64_t seed) : random_(mix_bits(seed) + 18) {
    program_.seed = seed;
    program_.threads = random_.percent(75) ? 2 : 3;
    program_.files = random_.percent(70) ? 1 : 2;
    program_.file_pages = small_file_pages;
    for (uint32_t file = 0; file < program_.files; ++file) {
      program_.views.push_back({file, {small_file_pages, 1}});
    }
    reads_ = random_.percent(50);
    stores_ = random_.percent(50);
    start_of_words_ = random_.percent(50) ? 0 : page_bytes;
  }

  ConcurrentProgram run() {
    add_round(1, 1, 2);
    const uint64_t end = some_offset();
    auto& first = program_.rounds.front()[0];
    first.push_back({.kind = SharedOpKind::truncate, .offset_bytes = end});
    if (stores_) {
      first.push_back({.kind = SharedOpKind::store,
                       .offset_bytes = end + 8 * random_.below(3),
                       .value = value_of_op(0, 0, first.size()),
                       .by_new_view = true});
    }
    add_round(program_.threads, 1, 3);
    for (auto& round : program_.rounds) {
      for (auto& thread : round) {
        for (SharedOp& op : thread) op.may_be_cut = true;
      }
    }
    return std::move(program_);
  }

 private:
  void add_round(uint32_t threads, uint64_t fewest, uint64_t most) {
    const uint64_t round = program_.rounds.size();
    auto& added = program_.rounds.emplace_back(program_.threads);
    for (uint32_t thread = 0; thread < threads; ++thread) {
      const uint64_t length = random_.between(fewest, most);
      for (uint64_t i = 0; i < length; ++i) {
        added[thread].push_back(any());
        added[thread].back().value = value_of_op(round, thread, i);
      }
    }
  }

  uint64_t some_offset() {
    if (random_.percent(15)) return page_bytes - 8;
    return start_of_words_ + 8 * random_.below(6);
  }

  SharedOpKind any_kind() {
    const uint64_t dice = random_.below(100);
    if (stores_ && dice < 20) return SharedOpKind::store;
    if (dice < 40) return SharedOpKind::write;
    if (dice < 55) return SharedOpKind::truncate;
    if (dice < 75) return reads_ ? SharedOpKind::read : SharedOpKind::write;
    return dice < 87 ? SharedOpKind::preallocate : SharedOpKind::punch;
  }

  SharedOp any() {
    SharedOp op{.kind = any_kind(), .offset_bytes = some_offset()};
    op.file = static_cast<uint32_t>(random_.below(program_.files));
    op.view = op.file;
    if (op.kind == SharedOpKind::store) {
      op.by_new_view = true;
    } else if (op.kind == SharedOpKind::truncate) {
      op.offset_bytes = some_offset();
    } else if (op.kind == SharedOpKind::preallocate || op.kind == SharedOpKind::punch) {
      op.offset_bytes = random_.below(small_file_pages) * page_bytes;
    } else if (op.kind == SharedOpKind::write || op.kind == SharedOpKind::read) {
      op.words = random_.between(1, most_words);
    }
    return op;
  }

  Random random_;
  ConcurrentProgram program_;
  uint64_t start_of_words_ = 0;
  bool reads_ = false;
  bool stores_ = false;
};

}  // namespace

ConcurrentProgram small_program(uint64_t seed) { return AccessGenerator(seed).run(); }
ConcurrentProgram small_program_of_calls(uint64_t seed) { return CallGenerator(seed).run(); }

}  // namespace daxlab
