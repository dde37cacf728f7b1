#include "harness/run/page_table_scan.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "core/base/errno_status.h"
#include "daxlab/types.h"

namespace daxlab {
namespace {

// The kernel's interface (linux/fs.h), which older headers lack.
struct PageRegion {
  uint64_t start, end, categories;
};
struct ScanArgument {
  uint64_t size, flags, start, end, walk_end, regions, regions_length, max_pages;
  uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
constexpr uint64_t page_is_present = 1 << 3, page_is_huge = 1 << 6;
constexpr unsigned long scan_request = _IOWR('f', 16, ScanArgument);

// An entry of pagemap: bit 63, and below bit 55 the page's place, 0 where it is hidden.
bool is_present(uint64_t entry) { return entry >> 63 != 0; }
uint64_t place_of(uint64_t entry) { return entry & ((uint64_t{1} << 55) - 1); }

bool lie_together(std::span<const uint64_t> entries) {
  const uint64_t first = place_of(entries[0]);
  if (first == 0 || first % max_fault_pages != 0) return false;
  for (uint64_t i = 0; i < entries.size(); ++i) {
    if (!is_present(entries[i]) || place_of(entries[i]) != first + i) return false;
  }
  return true;
}

void add_run(std::vector<ShownRun>& runs, ShownRun run) {
  const bool goes_on =
      !runs.empty() && runs.back().end == run.start && runs.back().is_huge == run.is_huge;
  if (goes_on) {
    runs.back().end = run.end;
  } else {
    runs.push_back(run);
  }
}

Error refused(const char* what) { return error_from_errno(what, errno); }

}  // namespace

ErrorOr<PageTableScan> PageTableScan::open() {
  PageTableScan scan(OwnedDescriptor(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)));
  if (!scan.pagemap_.is_open()) return refused("/proc/self/pagemap");
  const auto tried = scan.runs(0, 0);
  if (tried.ok()) return scan;
  // Of a page that is there for certain: ours on the stack.
  const volatile uint64_t here = 1;
  uint64_t entry = here;
  const auto at =
      static_cast<off_t>(reinterpret_cast<uintptr_t>(&here) / page_bytes * sizeof entry);
  if (::pread(scan.pagemap_.number(), &entry, sizeof entry, at) != sizeof entry) {
    return refused("/proc/self/pagemap");
  }
  if (place_of(entry) == 0) return tried.error();
  scan.goes_by_places_ = true;
  return scan;
}

ErrorOr<std::vector<ShownRun>> PageTableScan::runs(uint64_t start, uint64_t end) const {
  if (goes_by_places_) return runs_by_places(start, end);
  std::vector<ShownRun> runs;
  std::array<PageRegion, 512> regions;
  do {
    ScanArgument scan{.size = sizeof(ScanArgument),
                      .flags = 0,
                      .start = start,
                      .end = end,
                      .walk_end = end,
                      .regions = reinterpret_cast<uintptr_t>(regions.data()),
                      .regions_length = regions.size(),
                      .max_pages = 0,
                      .category_inverted = 0,
                      .category_mask = page_is_present,
                      .category_anyof_mask = 0,
                      .return_mask = page_is_present | page_is_huge};
    const int found = ::ioctl(pagemap_.number(), scan_request, &scan);
    if (found < 0) return refused("asking for the sizes of page table entries");
    for (const PageRegion& region : std::span(regions).first(static_cast<size_t>(found))) {
      add_run(runs, {region.start, region.end, (region.categories & page_is_huge) != 0});
    }
    start = scan.walk_end;
  } while (start < end);
  return runs;
}

ErrorOr<std::vector<ShownRun>> PageTableScan::runs_by_places(uint64_t start, uint64_t end) const {
  std::vector<ShownRun> runs;
  std::array<uint64_t, max_fault_pages> entries;
  while (start < end) {
    // Up to the next 2 MiB of addresses.
    const uint64_t page = start / page_bytes;
    const uint64_t pages =
        std::min(max_fault_pages - page % max_fault_pages, end / page_bytes - page);
    const size_t length = pages * sizeof entries[0];
    const auto at = static_cast<off_t>(page * sizeof entries[0]);
    if (::pread(pagemap_.number(), entries.data(), length, at) != static_cast<ssize_t>(length)) {
      return refused("/proc/self/pagemap");
    }
    const bool is_huge = pages == max_fault_pages && lie_together(entries);
    for (uint64_t i = 0; i < pages; ++i) {
      const uint64_t address = start + i * page_bytes;
      if (is_present(entries[i])) add_run(runs, {address, address + page_bytes, is_huge});
    }
    start += pages * page_bytes;
  }
  return runs;
}

}  // namespace daxlab
