#include "harness/run/page_sizes.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/kernel_file.h"
#include "core/base/kernel_settings.h"
#include "harness/run/kernel_fault_bits.h"

namespace daxlab {
namespace {

constexpr uint64_t huge_pages = max_fault_pages;
constexpr uint64_t huge_bytes = huge_pages * page_bytes;

constexpr const char* counter_of_cause[causes_of_small_pages] = {
    "small_by_address_bytes", "small_by_offset_bytes",   "small_by_advice_bytes",
    "small_by_medium_bytes",  "small_by_strategy_bytes", "small_by_pieces_bytes",
    "small_by_block_bytes",   "small_by_entry_bytes"};

// What the file has in one aligned 2 MiB of it.
struct Blocks {
  uint64_t pages = 0;
  bool is_one_run = false, is_aligned = false;
};

Blocks blocks_in(const MappedRange& range, uint64_t pgoff) {
  Blocks blocks;
  auto extent = std::ranges::lower_bound(range.extents, pgoff + 1, {}, [](const FileExtent& it) {
    return it.pgoff + it.pages;  // the first that ends behind
  });
  for (; extent != range.extents.end() && extent->pgoff < pgoff + huge_pages; ++extent) {
    const uint64_t first = std::max(extent->pgoff, pgoff);
    const uint64_t end = std::min(extent->pgoff + extent->pages, pgoff + huge_pages);
    blocks.pages += end - first;
    blocks.is_one_run = end - first == huge_pages;
    blocks.is_aligned = extent->block % huge_pages == extent->pgoff % huge_pages;
  }
  return blocks;
}

// nullopt: it could be one of those that depend on blocks which are not known.
std::optional<SmallPages> cause_of(const MappedRange& range, uint64_t pgoff, bool no_huge) {
  const bool by_file_system = range.holes == ShownHoles::by_file_system;
  if (by_file_system && !range.is_dax) return SmallPages::medium;
  const uint64_t offset_bytes = range.range.pgoff * page_bytes;
  if ((range.address - offset_bytes) % huge_bytes != 0) {
    return range.address % huge_bytes == 0 ? SmallPages::offset : SmallPages::address;
  }
  if (no_huge) return SmallPages::advice;
  if (!range.extents_are_known) return std::nullopt;
  const Blocks blocks = blocks_in(range, pgoff);
  if (blocks.pages == 0) {
    const bool by_strategy = range.holes == ShownHoles::by_strategy;
    return by_strategy ? SmallPages::strategy : SmallPages::entry_before;
  }
  if (blocks.pages < huge_pages) return SmallPages::pieces;
  if (!range.is_dax) return SmallPages::medium;
  if (!blocks.is_one_run) return SmallPages::pieces;
  if (!blocks.is_aligned) return SmallPages::block;
  return by_file_system ? SmallPages::entry_before : SmallPages::strategy;
}

struct Addresses {
  uint64_t start, end;
};

// Of this process's kernel mappings those with MADV_NOHUGEPAGE, in order.
std::vector<Addresses> mappings_without_huge_pages() {
  std::vector<Addresses> found;
  Addresses now{};
  const std::string text = daxlab::read_text("/proc/self/smaps");
  for (size_t at = 0, end = 0; at < text.size(); at = end + 1) {
    end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    Addresses of_line{};
    if (std::sscanf(line.c_str(), "%" SCNx64 "-%" SCNx64 " ", &of_line.start, &of_line.end) == 2) {
      now = of_line;
    } else if (line.starts_with("VmFlags:") && line.find(" nh") != line.npos) {
      found.push_back(now);
    }
  }
  return found;
}

bool overlaps(const std::vector<Addresses>& places, uint64_t start, uint64_t end) {
  return std::ranges::any_of(
      places, [&](const Addresses& place) { return place.start < end && place.end > start; });
}

// smaps, which takes long of many mappings, is read for these alone.
bool is_kernels_dax(const MappedRange& range) {
  return range.is_dax && range.holes == ShownHoles::by_file_system;
}

}  // namespace

void add_page_sizes(const MappedRange& range, std::span<const ShownRun> shown, bool no_huge,
                    PageSizes& sizes) {
  const uint64_t whole_begin = (range.range.pgoff + huge_pages - 1) / huge_pages * huge_pages;
  const uint64_t whole_end = range.range.end() / huge_pages * huge_pages;
  for (const ShownRun& run : shown) {
    if (run.is_huge) {
      sizes.huge_bytes += run.end - run.start;
      continue;
    }
    sizes.small_bytes += run.end - run.start;
    const uint64_t first = range.range.pgoff + (run.start - range.address) / page_bytes;
    const uint64_t end = first + (run.end - run.start) / page_bytes;
    for (uint64_t at = std::max(first, whole_begin); at < std::min(end, whole_end);) {
      const uint64_t unit = at / huge_pages * huge_pages;
      const uint64_t next = std::min(unit + huge_pages, end);
      const auto cause = cause_of(range, unit, no_huge);
      if (cause) sizes.because(*cause) += (next - at) * page_bytes;
      at = next;
    }
  }
}

ErrorOr<std::vector<ShownRun>> split_by_faults(
    std::vector<ShownRun> shown, std::optional<std::span<const TraceEvent>> kernel_faults) {
  if (std::ranges::none_of(shown, &ShownRun::is_huge)) return shown;
  if (!kernel_faults) {
    return Error{"sizes of page table entries on DAX: not all of the kernel's faults are known"};
  }
  std::set<uint64_t> huge;
  for (const TraceEvent& fault : *kernel_faults) {
    const bool is_huge = fault.kind == TraceKind::kernel_huge_fault;
    if (is_huge && (fault.answer & kernel_fault_maps) != 0) huge.insert(fault.address / huge_bytes);
  }
  std::vector<ShownRun> runs;
  for (const ShownRun& run : shown) {
    if (!run.is_huge) {
      runs.push_back(run);
      continue;
    }
    for (uint64_t at = run.start; at < run.end; at += huge_bytes) {
      runs.push_back({at, at + huge_bytes, huge.contains(at / huge_bytes)});
    }
  }
  return runs;
}

ErrorOr<NamedCounters> page_size_counters(
    std::span<const MappedRange> ranges, std::optional<std::span<const TraceEvent>> kernel_faults) {
  if (ranges.empty()) return NamedCounters();
  const auto scan = PageTableScan::open();
  if (!scan.ok()) return scan.error();
  // Over holes that it leaves to the kernel, the engine itself asks for no huge ones where reading
  // them would take memory.
  const bool has_huge_zeros = kernel_has_huge_zero_page();
  const std::vector<Addresses> without_huge = std::ranges::any_of(ranges, is_kernels_dax)
                                                  ? mappings_without_huge_pages()
                                                  : std::vector<Addresses>();
  PageSizes sizes;
  for (const MappedRange& range : ranges) {
    const uint64_t end = range.address + range.range.pages * page_bytes;
    auto shown = scan.value().runs(range.address, end);
    if (shown.ok() && range.is_dax && scan.value().goes_by_places()) {
      shown = split_by_faults(shown.take(), kernel_faults);
    }
    if (!shown.ok()) return shown.error();
    const bool no_huge = range.holes == ShownHoles::by_kernel
                             ? !has_huge_zeros
                             : overlaps(without_huge, range.address, end);
    add_page_sizes(range, shown.value(), no_huge, sizes);
  }
  NamedCounters named = {{"pages_4k_bytes", static_cast<double>(sizes.small_bytes)},
                         {"pages_2m_bytes", static_cast<double>(sizes.huge_bytes)}};
  for (size_t cause = 0; cause < causes_of_small_pages; ++cause) {
    named.emplace_back(counter_of_cause[cause], static_cast<double>(sizes.small_because[cause]));
  }
  return named;
}

}  // namespace daxlab
