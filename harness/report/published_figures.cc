#include "harness/report/published_figures.h"

#include <fmt/format.h>

namespace daxlab {
namespace {

// "dax: use common 4k zero page for dax mmap reads" (Linux 4.14): average time of dax_load_hole
// with a zeroed page-cache page for each hole, and with one shared zero page.
constexpr const char* cached_pages = "page_zero";
constexpr const char* shared_page = "global_zero";
constexpr double cached_pages_us = 3.4;
constexpr double shared_page_us = 0.8;
constexpr const char* published_workload = "hole_read";

bool differ_in_fault_only(const NameParts& a, const NameParts& b) {
  return a.engine == b.engine && a.medium == b.medium && a.write == b.write && a.alloc == b.alloc;
}

}  // namespace

std::string published_comparison(const WorkloadGroup& group) {
  if (NameParts::without_options(group.workload) != published_workload) return {};
  for (const CellSummary& cached : group.cells) {
    if (cached.parts.fault != cached_pages) continue;
    for (const CellSummary& shared : group.cells) {
      if (shared.parts.fault != shared_page) continue;
      if (!differ_in_fault_only(cached.parts, shared.parts)) continue;
      const double above = cached.median("strategy_ns").value_or(0);
      const double below = shared.median("strategy_ns").value_or(0);
      if (above <= 0 || below <= 0) continue;
      return fmt::format(
          "{} over {}: strategy_ns ratio {:.2f} "
          "(published for Linux: {:.2f} = {} us over {} us)\n",
          cached_pages, shared_page, above / below, cached_pages_us / shared_page_us,
          cached_pages_us, shared_page_us);
    }
  }
  return {};
}

}  // namespace daxlab
