#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/page_touches.h"

namespace daxlab {
namespace {

namespace mapped_read_options {
constexpr Option table[] = {
    file_size_option(16 * MiB),
    stride_option,
    pattern_option(Pattern::sequential, "order of the pages"),
    zipf_theta_option,
    holes_length_option,
    holes_every_option(0),
    align_option,
    offset_option,
};
enum { size, stride, pattern, theta, hole_length, hole_every };
}  // namespace mapped_read_options

}  // namespace

const WorkloadDescription mapped_read_description{
    .name = "mapped_read",
    .summary = "what does reading a filled file cost through a mapping that is new?",
    .options = mapped_read_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true};

std::optional<Failure> run_mapped_read(WorkloadRun& run) {
  const char* const name = mapped_read_description.name;
  const uint64_t stride_bytes = run.options[mapped_read_options::stride];
  if (auto failure = check_stride(name, stride_bytes)) return failure;
  auto made = PopulatedFile::make(run, name, pages_of(run.options[mapped_read_options::size]),
                                  {run.options[mapped_read_options::hole_length],
                                   run.options[mapped_read_options::hole_every]});
  if (!made.ok()) return refusal(made.error());
  PopulatedFile file = made.take();
  if (auto failure = file.map(1)) return failure;
  const AccessPattern pattern(static_cast<Pattern>(run.options[mapped_read_options::pattern]),
                              file.pages(), run.options[mapped_read_options::theta], run.seed);
  auto failure = run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    PageTouches touches(file, stride_bytes, worker);
    const Share share = share_of(file.pages(), worker.index, run.threads);
    for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i) {
      if (auto wrong = touches.touch(0, pattern.at(i))) return wrong;
    }
    return std::nullopt;
  });
  run.measure_memory();
  if (failure) return failure;
  return file.verify();
}

}  // namespace daxlab
