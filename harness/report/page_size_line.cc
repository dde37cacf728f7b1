#include "harness/report/page_size_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace daxlab {
namespace {

constexpr std::pair<const char*, const char*> causes[] = {
    {"small_by_address_bytes", "address alignment"},
    {"small_by_offset_bytes", "file offset alignment"},
    {"small_by_advice_bytes", "MADV_NOHUGEPAGE"},
    {"small_by_medium_bytes", "medium"},
    {"small_by_strategy_bytes", "strategy"},
    {"small_by_pieces_bytes", "fragmentation"},
    {"small_by_block_bytes", "block alignment"},
    {"small_by_entry_bytes", "an earlier 4 KiB entry"}};

std::vector<std::string> rows_with_huge_entries(const WorkloadGroup& group,
                                                const std::vector<std::string>& labels) {
  std::vector<std::string> rows;
  for (size_t i = 0; i < group.cells.size(); ++i) {
    const double huge = group.cells[i].median("pages_2m_bytes").value_or(0);
    if (huge == 0) continue;
    const double all = huge + group.cells[i].median("pages_4k_bytes").value_or(0);
    rows.push_back(fmt::format("{} {:.0f}%", labels[i], 100 * huge / all));
  }
  return rows;
}

}  // namespace

std::string page_size_line(const WorkloadGroup& group, const std::vector<std::string>& labels) {
  std::vector<std::string> parts;
  const std::vector<std::string> huge = rows_with_huge_entries(group, labels);
  if (!huge.empty()) parts.push_back(fmt::format("2 MiB entries: {}", fmt::join(huge, ", ")));
  const char* before = "4 KiB instead by";
  for (const auto& [counter, cause] : causes) {
    std::vector<std::string> rows;
    for (size_t i = 0; i < group.cells.size(); ++i) {
      if (group.cells[i].median(counter).value_or(0) > 0) rows.push_back(labels[i]);
    }
    if (rows.empty()) continue;
    parts.push_back(fmt::format("{} {}: {}", before, cause, fmt::join(rows, ", ")));
    before = "by";
  }
  return parts.empty() ? std::string() : fmt::format("  {}\n", fmt::join(parts, "; "));
}

}  // namespace daxlab
