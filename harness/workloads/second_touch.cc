#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/page_touches.h"

namespace daxlab {
namespace {

namespace second_touch_options {
constexpr Option table[] = {
    file_size_option(8 * MiB),
    pattern_option(Pattern::sequential, "order of the pages"),
    zipf_theta_option,
    holes_length_option,
    holes_every_option(page_bytes),
    align_option,
    offset_option,
};
enum { size, pattern, theta, hole_length, hole_every };
}  // namespace second_touch_options

// Every page through the first mapping. Not timed.
std::optional<Failure> touch_first(WorkloadRun& run, const PopulatedFile& file) {
  return run_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    PageTouches touches(file, page_bytes, worker);
    const Share share = share_of(file.pages(), worker.index, run.threads);
    for (uint64_t page = share.begin; page < share.end && !worker.stopped(); ++page) {
      if (auto wrong = touches.touch(0, page)) return wrong;
    }
    return std::nullopt;
  });
}

}  // namespace

const WorkloadDescription second_touch_description{
    .name = "second_touch",
    .summary = "what does a page cost a second mapping, when a first one has touched it?",
    .options = second_touch_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true};

std::optional<Failure> run_second_touch(WorkloadRun& run) {
  auto made = PopulatedFile::make(run, second_touch_description.name,
                                  pages_of(run.options[second_touch_options::size]),
                                  {run.options[second_touch_options::hole_length],
                                   run.options[second_touch_options::hole_every]});
  if (!made.ok()) return refusal(made.error());
  PopulatedFile file = made.take();
  if (auto failure = file.map(1)) return failure;
  if (auto failure = touch_first(run, file)) return failure;
  run.measure_memory();
  if (auto failure = file.map(1)) return failure;
  const AccessPattern pattern(static_cast<Pattern>(run.options[second_touch_options::pattern]),
                              file.pages(), run.options[second_touch_options::theta], run.seed);
  auto failure = run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    PageTouches touches(file, page_bytes, worker);
    const Share share = share_of(file.pages(), worker.index, run.threads);
    for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i) {
      if (auto wrong = touches.touch(1, pattern.at(i))) return wrong;
    }
    return std::nullopt;
  });
  run.measure_memory();
  if (failure) return failure;
  return file.verify();
}

}  // namespace daxlab
