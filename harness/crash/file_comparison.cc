#include "harness/crash/file_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "core/base/sizes.h"
#include "core/region/block_map.h"

namespace daxlab {
namespace {

class Comparison {
 public:
  Comparison(const LegalStates& legal, uint64_t size_bytes)
      : before_(legal.before),
        after_(legal.after),
        at_once_(legal.at_once),
        size_bytes_(size_bytes),
        cuts_(after_.size_bytes() < before_.size_bytes()),
        grew_(after_.size_bytes() > before_.size_bytes() && size_bytes > before_.size_bytes()) {}

  std::optional<CrashFinding> of_size() const {
    if (size_bytes_ == before_.size_bytes() || size_bytes_ == after_.size_bytes()) {
      return std::nullopt;
    }
    // A write that is published piece by piece moves the end as often; what it covers must be new.
    if (grew_ && size_bytes_ < after_.size_bytes() && at_once_.length_bytes == 0) {
      return std::nullopt;
    }
    const Promise promise = before_.had_size(size_bytes_) ? Promise::durability : Promise::size;
    return CrashFinding{promise, fmt::format("size {}, legal {}", size_bytes_, legal_sizes())};
  }

  // `seen`: page_bytes of them.
  std::optional<CrashFinding> of_page(uint64_t pgoff, const uint64_t* seen) {
    if (is_plainly_legal(pgoff, seen)) return std::nullopt;
    const uint64_t first = pgoff * words_per_page;
    const uint64_t end =
        std::min(first + words_per_page, (size_bytes_ + word_bytes - 1) / word_bytes);
    const uint64_t* before = before_.words_of_page(pgoff);
    const uint64_t* after = after_.words_of_page(pgoff);
    for (uint64_t number = first; number < end; ++number) {
      const uint64_t i = number - first;
      // Old and new at once, as most words of a page are that the operation changes a part of.
      if (!cuts_ && seen[i] == before[i] && seen[i] == after[i]) continue;
      if (auto finding = of_word(number, seen[i])) return finding;
    }
    return std::nullopt;
  }

  std::optional<CrashFinding> of_whole() const {
    if (at_once_.length_bytes == 0) return std::nullopt;
    const bool wholly_old = size_bytes_ == before_.size_bytes() && not_old_ == nowhere;
    const bool wholly_new = size_bytes_ == after_.size_bytes() && not_new_ == nowhere;
    if (wholly_old || wholly_new) return std::nullopt;
    auto place = [](uint64_t number) {
      return number == nowhere ? "in its size" : fmt::format("at offset {}", number * word_bytes);
    };
    return CrashFinding{Promise::atomicity,
                        fmt::format("a write in part: not what was there before {}, not what was "
                                    "written {}; size {}, legal {}",
                                    place(not_old_), place(not_new_), size_bytes_, legal_sizes())};
  }

 private:
  std::string legal_sizes() const {
    if (before_.size_bytes() == after_.size_bytes()) return fmt::format("{}", before_.size_bytes());
    return fmt::format("{} or {}", before_.size_bytes(), after_.size_bytes());
  }

  // Quick, and right for nearly every page.
  bool is_plainly_legal(uint64_t pgoff, const uint64_t* seen) const {
    const uint64_t start = pgoff * page_bytes;
    const uint64_t length = std::min(page_bytes, size_bytes_ - start);
    if (start < at_once_.end() && at_once_.offset_bytes < start + page_bytes) return false;
    const bool covers_new_bytes = grew_ && start + page_bytes > before_.size_bytes();
    if (!covers_new_bytes && std::memcmp(seen, before_.words_of_page(pgoff), length) == 0)
      return true;
    return !cuts_ && std::memcmp(seen, after_.words_of_page(pgoff), length) == 0;
  }

  std::optional<CrashFinding> of_word(uint64_t number, uint64_t value) {
    const uint64_t start = number * word_bytes;
    const uint64_t inside = std::min(word_bytes, size_bytes_ - start);
    const uint64_t mask = ~uint64_t{0} >> (64 - 8 * inside);
    value &= mask;
    const bool is_old = before_.allows(number, value, mask);
    const bool is_new = !cuts_ && (after_.word(number) & mask) == value;
    if (start < at_once_.end() && at_once_.offset_bytes < start + word_bytes) {
      if (!is_old) not_old_ = std::min(not_old_, number);
      if (!is_new) not_new_ = std::min(not_new_, number);
    }
    const bool covers_new_bytes = grew_ && start + word_bytes > before_.size_bytes();
    if (is_new || (is_old && !covers_new_bytes)) return std::nullopt;

    std::string text = fmt::format("offset {}: seen {:#x}, legal ", start, value);
    if (covers_new_bytes) {
      text += fmt::format("{:#x}, as the size is {}", after_.word(number) & mask, size_bytes_);
      return CrashFinding{is_old || value == 0 ? Promise::size : Promise::isolation, text};
    }
    text += before_.allowed_text(number, mask);
    if (!cuts_ && after_.word(number) != before_.word(number)) {
      text += fmt::format(" or {:#x}", after_.word(number) & mask);
    }
    const bool has_been = value == 0 || before_.has_been(number, value, mask);
    return CrashFinding{has_been ? Promise::durability : Promise::isolation, text};
  }

  const LegalFile& before_;
  const LegalFile& after_;
  const ByteRange at_once_;
  const uint64_t size_bytes_;  // seen
  const bool cuts_;            // the operation in flight
  const bool grew_;            // it has
  static constexpr uint64_t nowhere = UINT64_MAX;
  uint64_t not_old_ = nowhere;  // the first such word of at_once_
  uint64_t not_new_ = nowhere;
};

}  // namespace

std::optional<CrashFinding> compare_file(Region& region, const InodeTable& inodes, uint32_t number,
                                         const LegalStates& legal) {
  static constexpr std::array<uint64_t, words_per_page> hole{};
  const uint64_t size_bytes = inodes.size_bytes(number);
  Comparison comparison(legal, size_bytes);
  if (auto finding = comparison.of_size()) return finding;
  const BlockMap map(region, inodes.inode(number));
  const uint64_t pages = (size_bytes + page_bytes - 1) / page_bytes;
  for (uint64_t pgoff = 0; pgoff < pages; ++pgoff) {
    const uint64_t block = map.find(pgoff);
    if (block == 0 && legal.before.is_zero(pgoff) && legal.after.is_zero(pgoff)) continue;
    const uint64_t* seen = block == 0 ? hole.data() : region.words_of(block);
    if (auto finding = comparison.of_page(pgoff, seen)) return finding;
  }
  if (auto finding = comparison.of_whole()) return finding;
  const uint64_t past_end = map.next_block({pages, max_file_pages - pages});
  if (past_end == max_file_pages) return std::nullopt;
  return CrashFinding{Promise::accounting,
                      fmt::format("page {} has a block, past the end at {}", past_end, size_bytes)};
}

}  // namespace daxlab
