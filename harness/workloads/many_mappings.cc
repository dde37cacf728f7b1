#include "core/base/sizes.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/page_touches.h"

namespace daxlab {
namespace {

namespace many_mappings_options {
constexpr Option table[] = {
    file_size_option(MiB),
    integer_option("mappings", OptionUnit::none, 16, 1, 1024, "mappings of the file"),
    holes_length_option,
    holes_every_option(page_bytes),
    align_option,
    offset_option,
};
enum { size, mappings, hole_length, hole_every };
}  // namespace many_mappings_options

}  // namespace

const WorkloadDescription many_mappings_description{
    .name = "many_mappings",
    .summary = "what do many mappings of one file cost, in time and in memory?",
    .options = many_mappings_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true};

std::optional<Failure> run_many_mappings(WorkloadRun& run) {
  const uint64_t mappings = run.options[many_mappings_options::mappings];
  auto made = PopulatedFile::make(run, many_mappings_description.name,
                                  pages_of(run.options[many_mappings_options::size]),
                                  {run.options[many_mappings_options::hole_length],
                                   run.options[many_mappings_options::hole_every]});
  if (!made.ok()) return refusal(made.error());
  PopulatedFile file = made.take();
  if (auto failure = file.map(mappings)) return failure;
  // One mapping after the other, each page by page.
  auto failure = run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    PageTouches touches(file, page_bytes, worker);
    const Share share = share_of(mappings * file.pages(), worker.index, run.threads);
    for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i) {
      if (auto wrong = touches.touch(i / file.pages(), i % file.pages())) return wrong;
    }
    return std::nullopt;
  });
  run.measure_memory();
  if (failure) return failure;
  return file.verify();
}

}  // namespace daxlab
