#include "harness/crash/legal_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "core/base/sizes.h"

namespace daxlab {
namespace {

bool overlaps(uint64_t word, ByteRange range) {
  return range.length_bytes > 0 && word * word_bytes < range.end() &&
         (word + 1) * word_bytes > range.offset_bytes;
}

}  // namespace

const uint64_t* LegalFile::words_of_page(const Pages& pages, uint64_t pgoff) {
  static constexpr Page zeros{};
  return pgoff < pages.size() && pages[pgoff] ? pages[pgoff]->data() : zeros.data();
}

uint64_t LegalFile::word(uint64_t number) const {
  return words_of_page(number / words_per_page)[number % words_per_page];
}

void LegalFile::become(const ModelFile& now, ByteRange changed, ByteRange durable) {
  Pages pages((now.size_bytes() + page_bytes - 1) / page_bytes);
  const uint64_t same_before = std::min(size_bytes_, now.size_bytes()) / page_bytes;
  for (uint64_t pgoff = 0; pgoff < pages.size(); ++pgoff) {
    const uint64_t start = pgoff * page_bytes;
    const bool is_same = pgoff < same_before &&
                         (start >= changed.end() || start + page_bytes <= changed.offset_bytes);
    if (is_same) {
      pages[pgoff] = pages_[pgoff];
      continue;
    }
    Page page{};
    std::memcpy(page.data(), &now.bytes()[start], std::min(page_bytes, now.size_bytes() - start));
    if (std::memcmp(page.data(), words_of_page(pgoff), page_bytes) == 0) {
      if (pgoff < pages_.size()) pages[pgoff] = pages_[pgoff];
      continue;
    }
    note_unsynced(pgoff, page, durable);
    pages[pgoff] = std::make_shared<const Page>(page);
  }
  std::erase_if(unsynced_, [&](const auto& entry) {
    return overlaps(entry.first, durable) || entry.first * word_bytes >= now.size_bytes();
  });
  // Copies never go on by themselves: the one that does may append.
  past_->resize(pasts_);
  past_->push_back({std::move(pages_), size_bytes_});
  ++pasts_;
  pages_ = std::move(pages);
  size_bytes_ = now.size_bytes();
}

void LegalFile::note_unsynced(uint64_t pgoff, const Page& now, ByteRange durable) {
  const uint64_t first = pgoff * words_per_page;
  for (uint64_t i = 0; i < words_per_page; ++i) {
    const uint64_t was = words_of_page(pgoff)[i];
    const bool past_old_end = (first + i + 1) * word_bytes > size_bytes_;
    if (was != now[i] && !past_old_end && !overlaps(first + i, durable)) {
      unsynced_[first + i].push_back(was);
    }
  }
}

bool LegalFile::allows(uint64_t number, uint64_t value, uint64_t mask) const {
  if ((word(number) & mask) == value) return true;
  const auto others = unsynced_.find(number);
  return others != unsynced_.end() && std::ranges::any_of(others->second, [&](uint64_t other) {
           return (other & mask) == value;
         });
}

std::string LegalFile::allowed_text(uint64_t number, uint64_t mask) const {
  std::string text = fmt::format("{:#x}", word(number) & mask);
  const auto others = unsynced_.find(number);
  if (others == unsynced_.end()) return text;
  for (uint64_t other : others->second) text += fmt::format(" or {:#x}", other & mask);
  return text;
}

bool LegalFile::has_been(uint64_t number, uint64_t value, uint64_t mask) const {
  return std::ranges::any_of(past(), [&](const Past& past) {
    const uint64_t* words = words_of_page(past.pages, number / words_per_page);
    return (words[number % words_per_page] & mask) == value;
  });
}

bool LegalFile::had_size(uint64_t size_bytes) const {
  return std::ranges::any_of(past(),
                             [&](const Past& past) { return past.size_bytes == size_bytes; });
}

}  // namespace daxlab
