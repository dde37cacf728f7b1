#include "harness/judges/zero_page_cache.h"

#include <fmt/format.h>

namespace daxlab {
namespace {

std::optional<Verdict> judge_at(const LabAtRest& rest, const std::string& when,
                                std::optional<uint64_t> at) {
  for (const CachedPage& page : rest.cached_pages) {
    if (page.is_zero && page.over_hole) continue;
    const std::string file = page.file.empty() ? "a file without a name" : page.file;
    std::string seen = page.is_zero ? "one of zeros" : "one that is not all zeros";
    seen += page.over_hole ? " over a hole" : " where the file has a block";
    return Verdict{JudgeName::zero_page_cache, "only pages of zeros over holes in the page cache",
                   std::move(seen), fmt::format("{} page {}, {}", file, page.pgoff, when), at};
  }
  return std::nullopt;
}

}  // namespace

std::optional<Verdict> judge_zero_page_cache(const SequentialEvidence& evidence) {
  for (const AnsweredOp& op : evidence.ops) {
    if (!op.after) continue;
    if (auto verdict = judge_at(*op.after, "after " + to_text(op), op.number)) return verdict;
  }
  return std::nullopt;
}

std::optional<Verdict> judge_zero_page_cache(const ConcurrentEvidence& evidence) {
  if (!evidence.after) return std::nullopt;
  return judge_at(*evidence.after, "when all threads had ended", std::nullopt);
}

}  // namespace daxlab
