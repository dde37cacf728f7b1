#include "harness/report/glossary.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/report/text_table.h"

namespace daxlab {
namespace {

constexpr CounterDescription all_counters[] = {
    {"real_time", "ns",
     "in operations, of a thread on the average: the sum of all threads' times over their number"},
    {"cpu_time", "ns", "processor time of the whole process while it was timed, checks included"},
    {"operations", "", "of all threads; time/op is real_time x threads / operations"},
    {"bytes_per_second", "bytes/s", "bytes of all operations over real_time"},
    {"wall_ns", "ns", "from the first operation to the last by the clock, checks included"},
    {"outside_ns", "ns",
     "of a thread for each operation, outside it: data made and checked, waiting"},
    {"involuntary_switches", "", "how often the kernel gave a CPU of a thread to somebody else"},
    {"cpus", "", "CPUs that the run was allowed to use"},
    {"p50_ns", "ns", "half of the operations took at most so long (buckets of 1.6 %)"},
    {"p90_ns", "ns", "the same of 90 %"},
    {"p99_ns", "ns", "the same of 99 %"},
    {"p999_ns", "ns", "the same of 99.9 %"},
    {"max_ns", "ns", "the longest operation"},
    {"page_faults", "",
     "all page faults of the process while it was timed: those that the kernel resolved by itself, "
     "and those that it delivered to daxlab"},
    {"faults_read", "", "first touches by a load"},
    {"faults_write", "", "first touches by a store"},
    {"faults_mkwrite", "", "stores to a page that was mapped read-only"},
    {"pages_per_fault", "", "pages that a fault mapped, on the average of all"},
    {"zero_pages_inserted", "", "pages mapped to a zero page, shared or cached"},
    {"fault_p50_ns", "ns",
     "half of the faults were handled in so long; an operation may have several"},
    {"fault_p90_ns", "ns", "the same of 90 %"},
    {"fault_p99_ns", "ns", "the same of 99 %"},
    {"fault_p999_ns", "ns", "the same of 99.9 %"},
    {"fault_max_ns", "ns", "the longest one"},
    {"handler_ns", "ns", "in the core and the strategy for a fault: mean of all"},
    {"strategy_ns", "ns",
     "of that, in the fault strategy and what it calls: by its share of timed_faults"},
    {"op_find_ns", "ns", "of that, in find_block"},
    {"op_allocate_ns", "ns", "of that, in get_block_create: allocator, zeroing and the block map"},
    {"op_allocator_ns", "ns", "of that, in the allocator plugin"},
    {"op_zero_ns", "ns", "of op_allocate_ns: zeroing, flushing, fences"},
    {"op_page_cache_ns", "ns",
     "of strategy_ns, in find_or_create_page, remove_pages, reclaim_pages"},
    {"op_insert_ns", "ns", "of strategy_ns, in insert_page and insert_block"},
    {"op_unmap_ns", "ns", "of strategy_ns, in unmap_mapping_range and unmap_other_mappings"},
    {"timed_faults", "", "faults whose parts were timed: of each thread the first, then a sample"},
    {"fault_parts_one_in", "", "N: of that sample, one in N"},
    {"write_calls", "", "calls of write()"},
    {"write_ns", "ns", "of one, from entry to return: mean of others than timed_writes, as many"},
    {"write_look_up_ns", "ns",
     "of that, asking the block map what is there: by its share of timed_writes"},
    {"write_reserve_ns", "ns", "of that, keeping blocks for the bytes, the allocator plugin apart"},
    {"write_allocator_ns", "ns", "of that, in the allocator plugin"},
    {"write_pin_ns", "ns", "of that, keeping blocks that are there from being freed"},
    {"write_copy_ns", "ns", "of that, copying; faults of the buffer are in it"},
    {"write_zero_ns", "ns", "of that, zeroing what new blocks have besides the bytes"},
    {"write_flush_ns", "ns", "of that, flushing lines that were not stored past the cache"},
    {"write_fence_ns", "ns", "of that, waiting until stores are durable"},
    {"write_publish_ns", "ns", "of that, entering blocks into the map, size, and locks for it"},
    {"write_strategy_ns", "ns",
     "of that, in the fault strategy, which is told of holes that are filled"},
    {"write_rest_ns", "ns", "of that, in none of these: the write strategy, checks"},
    {"timed_writes", "", "calls whose parts were timed: of each thread the first, then a sample"},
    {"read_calls", "", "calls of read()"},
    {"read_ns", "ns", "of one, from entry to return: mean of others than timed_reads, as many"},
    {"read_look_up_ns", "ns", "of that, asking the block map: by its share of timed_reads"},
    {"read_pin_ns", "ns", "of that, keeping blocks from being freed meanwhile"},
    {"read_copy_ns", "ns", "of that, copying; faults of the buffer are in it"},
    {"read_rest_ns", "ns", "of that, in none of these"},
    {"timed_reads", "", "as timed_writes"},
    {"call_parts_one_in", "", "N: of the samples of timed_writes and timed_reads, one in N"},
    {"page_lock_waits", "", "locks of a page that had to wait for another thread"},
    {"zero_page_lock_waits", "", "locks of a zero page that had to wait"},
    {"reserve_blocks", "", "blocks that faults took from the core's reserve (see signal_safe)"},
    {"alloc_calls", "", "calls of the allocator plugin: allocate and free"},
    {"alloc_ns", "ns", "of such a call: mean of every seventeenth"},
    {"flushes", "", "cache lines flushed, or stored past the cache"},
    {"fences", "", "store fences"},
    {"bytes_persisted", "bytes", "bytes made durable"},
    {"short_writes", "", "writes that returned fewer bytes than asked for"},
    {"enospc", "", "writes and faults that found no space"},
    {"memory_peak_bytes", "bytes",
     "what a user pays: page tables, page cache, anonymous memory and blocks, each at its highest"},
    {"page_table_bytes", "bytes", "page tables, highest seen at the ends of phases"},
    {"page_cache_bytes", "bytes",
     "zero and cached pages, at their highest; baseline: of its files"},
    {"anonymous_bytes", "bytes", "anonymous memory since the first operation, highest seen"},
    {"block_bytes", "bytes", "blocks of data and maps, at their highest; 0 of baseline"},
    {"slab_bytes", "bytes",
     "the kernel's nodes (radix_tree_node) for page caches and DAX, growth on the whole machine; "
     "not "
     "in memory_peak_bytes, and root alone sees them"},
    {"pages_4k_bytes", "bytes",
     "of the files' mappings, shown by entries of 4 KiB after the last operation (Linux 6.7 or "
     "newer; root has it on older ones, too)"},
    {"pages_2m_bytes", "bytes", "the same by entries of 2 MiB"},
    {"small_by_address_bytes", "bytes",
     "of pages_4k_bytes in whole 2 MiB of their file: the mapping's address is not congruent to "
     "the "
     "offset in the file",
     false, "address alignment"},
    {"small_by_offset_bytes", "bytes",
     "the same: the address is aligned, the offset that is mapped there is not", false,
     "file offset alignment"},
    {"small_by_advice_bytes", "bytes", "the same: MADV_NOHUGEPAGE", false, "MADV_NOHUGEPAGE"},
    {"small_by_medium_bytes", "bytes", "the same: what is behind has pages of 4 KiB", false,
     "medium"},
    {"small_by_strategy_bytes", "bytes", "the same: the strategy maps 4 KiB at a time", false,
     "strategy"},
    {"small_by_pieces_bytes", "bytes",
     "the same: fragmentation, these 2 MiB are several runs of blocks or partly holes", false,
     "fragmentation"},
    {"small_by_block_bytes", "bytes",
     "the same: one run of blocks, which is not congruent to the offset", false, "block alignment"},
    {"small_by_entry_bytes", "bytes",
     "the same, and none of these: the kernel had an entry of 4 KiB there before", false,
     "an earlier 4 KiB entry"},
    {"page_cache_pages_peak", "", "pages of the strategy's page cache, at their highest"},
    {"kernel_mappings_peak", "", "kernel mappings (vma) of the lab, at their highest"},
    {"blocks_used", "", "blocks in use after the last operation, the region's own included"},
    {"map_blocks", "", "of those, nodes of the files' block maps"},
    {"loop_ns_per_page", "ns", "hole_read's bare loop over the file, with no clock inside", true},
    {"reference_ns_per_page", "ns", "the same loop over the kernel's huge zero page", true},
    {"over_reference", "", "loop_ns_per_page / reference_ns_per_page", true},
    {"reader_p99_ns", "ns", "p99_ns of the threads that are mixed's readers", true},
    {"writer_p99_ns", "ns", "the same of its writers", true},
    {"address_alignment_bytes", "bytes",
     "with file.align: the largest power of two up to 2 MiB of which all mappings' addresses are "
     "multiples",
     true},
    {"block_alignment_bytes", "bytes",
     "the same of the blocks behind first pages, where there are any: an allocator may refuse",
     true},
    {"first_stores", "", "mapped_write's operations that were the first to store to a page", true},
    {"first_store_ns", "ns", "mean time of one: it faults, and takes blocks", true},
    {"first_store_p99_ns", "ns", "p99_ns of them", true},
    {"overwrites", "", "its other operations", true},
    {"overwrite_ns", "ns", "mean time of one", true},
    {"overwrite_p99_ns", "ns", "p99_ns of them", true},
    {"refused_stores", "", "mapped_enospc's stores that found no space", true},
    {"fitted_stores", "", "its others, into holes, with 128 blocks free at first", true},
    {"caller_writes", "", "enospc's calls of write()", true},
    {"caller_short_writes", "", "of those, short ones", true},
    {"caller_failed_writes", "", "of those, refused ones", true},
    {"caller_retries", "", "of those, second tries after a short one", true},
    {"caller_truncated_back", "", "short writes that the caller cut off again", true},
    {"answer_free_bytes", "bytes", "free when enospc's last write() asked for twice that", true},
    {"answer_written_bytes", "bytes", "what it returned; 0: it was refused", true},
    {"answer_kept_bytes", "bytes", "what its file has in blocks beyond that, map apart", true},
    {"files", "", "alloc_aging's files at the end", true},
    {"utilization_percent", "percent", "of the region in use then", true},
    {"free_huge_runs", "", "2 MiB-aligned runs of free blocks then", true},
    {"ideal_huge_runs", "", "as many as there could be with that use", true},
    {"huge_runs_percent", "percent", "free_huge_runs of ideal_huge_runs", true},
    {"huge_ranges_aligned_percent", "percent",
     "of the files' 2 MiB ranges, those that one 2 MiB mapping could show", true},
    {"extents_per_file", "", "mean of alloc_aging's files", true},
    {"kernel_mappings_needed", "", "to map all of them", true},
    {"mapped_read_ns_per_page", "ns", "to read one of them through a mapping", true},
};

constexpr CounterDescription all_histograms[] = {
    {"latency_histogram", "ns, entries",
     "[lowest ns, operations] of each bucket that has any, in JSON only; p50_ns and others are of "
     "it"},
    {"fault_latency_histogram", "ns, entries", "the same of faults, in their handler"},
};

}  // namespace

std::span<const CounterDescription> glossary() { return all_counters; }

const CounterDescription* find_counter(std::string_view name) {
  const auto found = std::ranges::find_if(
      all_counters, [&](const CounterDescription& counter) { return name == counter.name; });
  return found == std::end(all_counters) ? nullptr : found;
}

bool is_histogram(std::string_view name) {
  return std::ranges::any_of(
      all_histograms, [&](const CounterDescription& histogram) { return name == histogram.name; });
}

std::string glossary_as_markdown() {
  std::string text = "| counter | unit | |\n|---|---|---|\n";
  for (const CounterDescription& counter : all_counters) {
    text += fmt::format("| `{}` | {} | {} |\n", counter.name, counter.unit, counter.meaning);
  }
  for (const CounterDescription& histogram : all_histograms) {
    text += fmt::format("| `{}` | {} | {} |\n", histogram.name, histogram.unit, histogram.meaning);
  }
  return text;
}

std::string glossary_as_text() {
  TextTable text;
  for (const char* heading : {"counter", "unit", "meaning"}) {
    text.add_column(heading, TextTable::Align::left);
  }
  for (const CounterDescription& counter : all_counters) {
    text.add_row({counter.name, counter.unit, counter.meaning});
  }
  for (const CounterDescription& histogram : all_histograms) {
    text.add_row({histogram.name, histogram.unit, histogram.meaning});
  }
  return text.text();
}

}  // namespace daxlab
