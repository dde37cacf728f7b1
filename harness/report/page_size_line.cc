#include "harness/report/page_size_line.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/report/glossary.h"

namespace daxlab {
namespace {

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
  for (const CounterDescription& counter : glossary()) {
    if (counter.cause_of_small_pages == nullptr) continue;
    std::vector<std::string> rows;
    for (size_t i = 0; i < group.cells.size(); ++i) {
      if (group.cells[i].median(counter.name).value_or(0) > 0) rows.push_back(labels[i]);
    }
    if (rows.empty()) continue;
    parts.push_back(
        fmt::format("{} {}: {}", before, counter.cause_of_small_pages, fmt::join(rows, ", ")));
    before = "by";
  }
  return parts.empty() ? std::string() : fmt::format("  {}\n", fmt::join(parts, "; "));
}

}  // namespace daxlab
