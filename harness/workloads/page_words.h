// The words that page-granular workloads store: the first, the last and one between, so that a page
// put in the wrong place, or only half of it, is seen. The rest of a page stays 0.
#pragma once

#include <array>
#include <cstring>
#include <functional>
#include <span>

#include "daxlab/types.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/stamp.h"

namespace daxlab {

inline constexpr std::array<uint64_t, 3> stamped_in_page{0, 2040, page_bytes - 8};

// The content of a file whose pages for which `stamped(page)` holds have these words.
inline Content page_words_content(Stamp stamp, std::function<bool(uint64_t page)> stamped) {
  return [stamp, stamped = std::move(stamped)](uint64_t offset_bytes, std::span<std::byte> into) {
    std::memset(into.data(), 0, into.size());
    const uint64_t end_bytes = offset_bytes + into.size();
    for (uint64_t page = offset_bytes / page_bytes; page * page_bytes < end_bytes; ++page) {
      if (!stamped(page)) continue;
      for (const uint64_t in_page : stamped_in_page) {
        const uint64_t at = page * page_bytes + in_page;
        if (at < offset_bytes || at + 8 > end_bytes) continue;
        const uint64_t word = stamp.word(at);
        std::memcpy(into.data() + (at - offset_bytes), &word, 8);
      }
    }
  };
}

inline Content stamp_content(Stamp stamp) {
  return
      [stamp](uint64_t offset_bytes, std::span<std::byte> into) { stamp.fill(offset_bytes, into); };
}

}  // namespace daxlab
