#include <algorithm>
#include <vector>

#include "core/base/bus_error.h"
#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/hole_loop.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace hole_read_options {
constexpr Option table[] = {
    file_size_option(32 * MiB),
    pattern_option(Pattern::sequential, "order of the pages"),
    zipf_theta_option,
    align_option,
    offset_option,
};
enum { size, pattern, theta };
}  // namespace hole_read_options

// Reading the clock costs more than a load from a huge zero page. So only every 16th span of pages
// has its loads timed one by one; the others run the bare loop.
constexpr uint64_t one_sampled_of = 16;
constexpr uint64_t pages_in_span = 512;  // a huge page: its first touch falls into one span

struct Reading {
  const MappedFile& holes;
  const std::vector<uint64_t>& order;  // empty: sequential
  uint64_t seed;

  uint64_t page(uint64_t position) const { return order.empty() ? position : order[position]; }
};

NonzeroWord read_timed(const Reading& reading, Share span, Worker& worker) {
  for (uint64_t i = span.begin; i < span.end; ++i) {
    const uint64_t page = reading.page(i);
    uint64_t seen = 0;
    worker.time([&] { seen = reading.holes.views[0]->load(page * page_bytes); });
    if (seen != 0) return {page, seen};
  }
  return {};
}

NonzeroWord load_plain(const Reading& reading, Share span) {
  const View& view = *reading.holes.views[0];
  if (view.raw() != nullptr && reading.order.empty()) {
    NonzeroWord found = find_nonzero(view.raw() + span.begin * page_bytes, span.end - span.begin);
    found.page += span.begin;
    return found;
  }
  for (uint64_t i = span.begin; i < span.end; ++i) {
    const uint64_t page = reading.page(i);
    if (const uint64_t seen = view.load(page * page_bytes); seen != 0) return {page, seen};
  }
  return {};
}

NonzeroWord read_plain(const Reading& reading, Share span, Worker& worker) {
  NonzeroWord found;
  worker.time_together(span.size(), [&] { found = load_plain(reading, span); });
  return found;
}

// One worker's share of the positions.
std::optional<Failure> read_share(const Reading& reading, Share share, Worker& worker) {
  const uint64_t spans = (share.end - share.begin + pages_in_span - 1) / pages_in_span;
  const uint64_t first_sampled =
      mix(reading.seed ^ worker.index) % std::clamp<uint64_t>(spans, 1, one_sampled_of);
  for (uint64_t i = 0; i < spans && !worker.stopped(); ++i) {
    const uint64_t begin = share.begin + i * pages_in_span;
    const Share span{begin, std::min(begin + pages_in_span, share.end)};
    const bool sampled = i % one_sampled_of == first_sampled;
    NonzeroWord found;
    const bool survived = survives_bus_error([&] {
      found = sampled ? read_timed(reading, span, worker) : read_plain(reading, span, worker);
    });
    // A strategy that gives blocks to reads may find none.
    if (!survived) {
      return bus_error_at(reading.holes.place);
    }
    if (found.seen != 0)
      return wrong_word(reading.holes.place, found.page * page_bytes, 0, found.seen,
                        through_mapping(0));
    worker.bytes_processed += (span.end - span.begin) * page_bytes;
  }
  return std::nullopt;
}

// read() has to agree with the mapping: some pages, whole, the last one among them.
std::optional<Failure> read_back(const MappedFile& holes, uint64_t pages, uint64_t seed) {
  constexpr uint64_t samples = 64;
  const Content zeros = [](uint64_t, std::span<std::byte> into) {
    std::ranges::fill(into, std::byte{0});
  };
  if (auto wrong = verify_size(*holes.file, holes.place, pages * page_bytes)) return wrong;
  for (uint64_t i = 0; i < std::min(samples, pages); ++i) {
    const uint64_t page = i == 0 ? pages - 1 : mix(seed ^ i) % pages;
    auto wrong = verify_read(*holes.file, holes.place, {page * page_bytes, page_bytes}, zeros);
    if (wrong) return wrong;
  }
  return std::nullopt;
}

}  // namespace

const WorkloadDescription hole_read_description{
    .name = "hole_read",
    .summary = "what does reading holes through a mapping cost?",
    .options = hole_read_options::table,
    .axes = axis_fault,
    .multi_threaded = true};

std::optional<Failure> run_hole_read(WorkloadRun& run) {
  const uint64_t pages = pages_of(run.options[hole_read_options::size]);
  const auto kind = static_cast<Pattern>(run.options[hole_read_options::pattern]);
  const bool in_order = kind == Pattern::sequential;
  const char* const name = hole_read_description.name;
  if (in_order) {
    if (auto failure = compare_with_huge_zero_page(run, name, pages)) return failure;
  }
  MappedFile holes{{name, "data"}};
  if (auto failure = holes.create(run.files, pages, 1)) return failure;
  const AccessPattern pattern(kind, pages, run.options[hole_read_options::theta], run.seed);
  std::vector<uint64_t> order;  // drawn beforehand: a draw costs more than some loads
  for (uint64_t i = 0; !in_order && i < pages; ++i) order.push_back(pattern.at(i));
  const Reading reading{holes, order, run.seed};
  std::optional<Failure> failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    return read_share(reading, share_of(pages, worker.index, run.threads), worker);
  });
  run.measure_memory();
  if (failure) return failure;
  return read_back(holes, pages, run.seed);
}

}  // namespace daxlab
