#include "harness/workloads/hole_file.h"

#include "harness/workloads/workers.h"

namespace daxlab {

ErrorOr<MappedFile> make_hole_file(WorkloadRun& run, const char* workload, uint64_t pages,
                                   uint64_t mappings, uint64_t more_blocks) {
  if (const auto failure = check_space(run, workload, pages + more_blocks))
    return error_of(*failure);
  MappedFile holes{{workload, "data"}};
  if (const auto failure = holes.create(run.files, pages, mappings)) return error_of(*failure);
  return holes;
}

std::optional<Failure> read_holes(WorkloadRun& run, const MappedFile& holes, uint64_t pages) {
  auto failure = run_workers(run, run.threads, [&](Worker& worker) {
    const Share share = share_of(pages, worker.index, run.threads);
    return holes.check_holes(share.begin, share.end);
  });
  if (!failure) run.measure_memory();
  return failure;
}

}  // namespace daxlab
