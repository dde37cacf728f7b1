// By how large entries of the page table this process sees the files of a lab, and why not by
// larger ones.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/base/error_or.h"
#include "core/base/trace.h"
#include "core/file/mapped_range.h"
#include "harness/run/page_table_scan.h"
#include "harness/run/run_counters.h"

namespace daxlab {

// Why 2 MiB of a file are shown by entries of 4 KiB.
enum class SmallPages : uint32_t {
  address,      // the mapping's is not where offsets in the file are modulo 2 MiB,
  offset,       // or it is aligned, and the offset that it begins at is not
  advice,       // MADV_NOHUGEPAGE
  medium,       // what is behind has pages of 4 KiB
  strategy,     // maps them so
  pieces,       // the 2 MiB are not one run of blocks, and not one hole either
  block,        // they are one run, which begins somewhere else modulo 2 MiB
  entry_before  // nothing of these: the kernel has an entry of 4 KiB there since before
};
inline constexpr size_t causes_of_small_pages = 8;

struct PageSizes {
  uint64_t small_bytes = 0, huge_bytes = 0;  // shown by entries of 4 KiB, and of 2 MiB
  // Of the small ones, those in a whole 2 MiB of their file that their mapping shows; in none where
  // the blocks that it depends on are not known.
  std::array<uint64_t, causes_of_small_pages> small_because{};

  uint64_t& because(SmallPages cause) { return small_because[static_cast<size_t>(cause)]; }
};

// `shown`: what the page table has at the range's addresses. `no_huge`: the kernel mapping has
// MADV_NOHUGEPAGE. Adds to `sizes`.
void add_page_sizes(const MappedRange& range, std::span<const ShownRun> shown, bool no_huge,
                    PageSizes& sizes);

// Of all ranges as they are now; while nobody maps, unmaps or touches any. `kernel_faults`: those
// on DAX since the ranges were mapped; nullopt: not all are known, without which an older kernel
// does not tell the sizes there. The error: this kernel does not tell.
ErrorOr<NamedCounters> page_size_counters(std::span<const MappedRange> ranges,
                                          std::optional<std::span<const TraceEvent>> kernel_faults);

// Of runs on DAX that were told by places and only may be of large entries: those at which the
// kernel has taken a fault of 2 MiB are. The error: there are such, and not all faults are known.
ErrorOr<std::vector<ShownRun>> split_by_faults(
    std::vector<ShownRun> shown, std::optional<std::span<const TraceEvent>> kernel_faults);

}  // namespace daxlab
