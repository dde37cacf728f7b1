#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/alloc_aging_files.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/space_checks.h"

namespace daxlab {
namespace {

namespace alloc_aging_options {
constexpr Option table[] = {
    integer_option("utilization", OptionUnit::none, 75, 5, 95,
                   "percent of the region's blocks that are in use when it is as full as it gets"),
    integer_option("turnover", OptionUnit::none, 5, 1, 1000,
                   "how many times the space in use is written in all"),
    integer_option("largest", OptionUnit::bytes, 8 * MiB, 131072, 8 * MiB,
                   "bytes of the largest files; at most a 64th of the region"),
    integer_option("grow", OptionUnit::none, 10, 0, 100,
                   "percent of the files that are written in two parts, the second one later"),
    integer_option("punch", OptionUnit::none, 10, 0, 100,
                   "percent of what frees space that are punches, most of which are filled again "
                   "later; the others remove a file"),
};
enum { utilization, turnover, largest, grow, punch };
}  // namespace alloc_aging_options

// What the files are like at the end.
struct Layout {
  uint64_t files = 0;
  uint64_t extents = 0;
  uint64_t kernel_mappings = 0;  // to map each file whole: its extents, and the holes between them
  uint64_t huge_ranges = 0;      // whole 2 MiB of a file
  uint64_t huge_ranges_aligned = 0;  // those that lie in one aligned 2 MiB of the region
};

uint64_t aligned_ranges(const FileExtent& extent) {
  if (extent.pgoff % max_fault_pages != extent.block % max_fault_pages) return 0;
  const uint64_t first = (extent.pgoff + max_fault_pages - 1) / max_fault_pages;
  const uint64_t end = (extent.pgoff + extent.pages) / max_fault_pages;
  return end > first ? end - first : 0;
}

// Also sees that blocks are where something was written, and nowhere else.
std::optional<Failure> look_at(const AgedFile& file, File& open, Layout& layout) {
  const auto extents = open.extents();
  if (!extents.ok()) return failed_call(file.place, "extents", extents.status());
  uint64_t at = 0, data_pages = 0;
  for (const FileExtent& extent : extents.value()) {
    if (extent.pgoff > at) ++layout.kernel_mappings;
    at = extent.pgoff + extent.pages;
    data_pages += extent.pages;
    layout.huge_ranges_aligned += aligned_ranges(extent);
  }
  if (at < file.pages()) ++layout.kernel_mappings;
  ++layout.files;
  layout.extents += extents.value().size();
  layout.kernel_mappings += extents.value().size();
  layout.huge_ranges += file.size_bytes / (max_fault_pages * page_bytes);
  if (data_pages == file.data_pages() && at <= file.pages()) return std::nullopt;
  return failure_at(file.place,
                    fmt::format("its extents have {} pages and end at page {}; {} pages of {} were "
                                "written",
                                data_pages, at, file.data_pages(), file.pages()));
}

struct MappedRead {
  uint64_t pages = 0;
  uint64_t ns = 0;
};

// A word of each page, through a mapping that was not used before.
std::optional<Failure> read_mapped(const AgedFile& file, File& open, MappedRead& reading) {
  auto view = open.map({0, file.pages()});
  if (!view.ok())
    return failed_call(file.place, fmt::format("map {} pages", file.pages()), view.status(),
                       (file.pages() + max_fault_pages) * page_bytes);
  const uint64_t begin_ns = now_ns();
  for (uint64_t page = 0; page < file.pages(); ++page) {
    const uint64_t seen = view.value()->load(page * page_bytes);
    if (seen != file.first_word(page)) {
      return wrong_word(file.place, page * page_bytes, file.first_word(page), seen,
                        through_mapping(0));
    }
  }
  reading.ns += now_ns() - begin_ns;
  reading.pages += file.pages();
  return std::nullopt;
}

std::optional<Failure> look_at_all(WorkloadRun& run,
                                   const std::vector<std::unique_ptr<AgedFiles>>& aged,
                                   Layout& layout, MappedRead& reading) {
  for (const auto& files : aged) {
    for (const AgedFile& file : files->files()) {
      auto opened = run.files.get().open(file.place.file);
      if (!opened.ok()) return failed_call(file.place, "open", opened.status());
      const auto open = opened.take();
      if (auto failure = look_at(file, *open, layout)) return failure;
      if (auto failure = read_mapped(file, *open, reading)) return failure;
      if (auto failure = verify_size(*open, file.place, file.size_bytes)) return failure;
      if (auto failure = verify_read(*open, file.place, {0, file.size_bytes}, file.content()))
        return failure;
    }
  }
  return std::nullopt;
}

void report(WorkloadRun& run, const SpaceUse& use, const Layout& layout,
            const MappedRead& reading) {
  const auto figure = [&](const char* name, double value) { run.extra.emplace_back(name, value); };
  const auto ratio = [](uint64_t part, uint64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  };
  const uint64_t ideal = use.free_blocks / max_fault_pages;
  figure("utilization_percent", 100 * ratio(use.used_blocks, use.total_blocks));
  figure("files", static_cast<double>(layout.files));
  figure("free_huge_runs", static_cast<double>(use.free_huge_runs));
  figure("ideal_huge_runs", static_cast<double>(ideal));
  figure("huge_runs_percent", 100 * ratio(use.free_huge_runs, ideal));
  figure("extents_per_file", ratio(layout.extents, layout.files));
  figure("kernel_mappings_needed", static_cast<double>(layout.kernel_mappings));
  figure("huge_ranges_aligned_percent",
         100 * ratio(layout.huge_ranges_aligned, layout.huge_ranges));
  figure("mapped_read_ns_per_page", ratio(reading.ns, reading.pages));
}

}  // namespace

const WorkloadDescription alloc_aging_description{
    .name = "alloc_aging",
    .summary = "what has become of the region's large free runs after years of use?",
    .options = alloc_aging_options::table,
    .axes = axis_alloc,
    .needs_region = true,
    .multi_threaded = true};

std::optional<Failure> run_alloc_aging(WorkloadRun& run) {
  const char* const name = alloc_aging_description.name;
  const SpaceUse initial = run.files.get().space_use();
  const uint64_t wanted =
      initial.total_blocks * run.options[alloc_aging_options::utilization] / 100;
  const uint64_t region_bytes = initial.total_blocks * block_bytes;
  constexpr uint64_t smallest_bytes = 64 * MiB;
  if (region_bytes < smallest_bytes || wanted <= initial.used_blocks) {
    return Failure{
        fmt::format(
            "{}: a region of {} MiB, {}% of it in use: at least {} MiB are needed, and less in use "
            "than the {}% of `utilization`: make the region larger",
            name, region_bytes / MiB, 100 * initial.used_blocks / initial.total_blocks,
            smallest_bytes / MiB, run.options[alloc_aging_options::utilization]),
        FailureKind::limit};
  }
  if (wanted > initial.used_blocks + initial.available_blocks()) {
    return Failure{
        fmt::format("{}: {}% of {} blocks are to be in use, but the allocator keeps {} of {} free "
                    "ones back: make `utilization` or its reserve smaller",
                    name, run.options[alloc_aging_options::utilization], initial.total_blocks,
                    initial.reserved_blocks, initial.free_blocks),
        FailureKind::limit};
  }
  const uint64_t blocks = (wanted - initial.used_blocks) / run.threads;
  const AgingPlan plan{
      .run = run,
      .workload = name,
      .blocks = blocks,
      .write_blocks = blocks * run.options[alloc_aging_options::turnover],
      .largest_bytes = std::min(run.options[alloc_aging_options::largest], region_bytes / 64),
      .grow_percent = run.options[alloc_aging_options::grow],
      .punch_percent = run.options[alloc_aging_options::punch]};
  std::vector<std::unique_ptr<AgedFiles>> aged;
  for (uint64_t thread = 0; thread < run.threads; ++thread) {
    aged.push_back(std::make_unique<AgedFiles>(plan, thread));
  }
  auto failure = run_timed_workers(run, run.threads,
                                   [&](Worker& worker) { return aged[worker.index]->age(worker); });
  run.measure_memory();
  if (failure) return failure;

  const SpaceUse use = run.files.get().space_use();
  if (auto wrong = check_accounting(name, use, "of the aged region")) return wrong;
  Layout layout;
  MappedRead reading;
  if (auto wrong = look_at_all(run, aged, layout, reading)) return wrong;
  report(run, use, layout, reading);
  for (const auto& files : aged) {
    if (auto wrong = files->remove_all()) return wrong;
  }
  return check_same_space(name, initial, run.files.get().space_use(), "of the emptied region");
}

}  // namespace daxlab
