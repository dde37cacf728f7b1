#include <array>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/hole_file.h"
#include "harness/workloads/page_words.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace write_after_hole_read_options {
constexpr Option table[] = {
    file_size_option(8 * MiB),
    integer_option("mappings", OptionUnit::none, 2, 1, 8, "mappings of the file"),
    choice_option("pattern", "sequential|random", 0, "order of the pages"),
    align_option,
    offset_option,
};
enum { size, mappings, pattern };
}  // namespace write_after_hole_read_options

std::optional<Failure> write_pages(const MappedFile& data, Stamp stamp,
                                   const AccessPattern& pattern, Share share, Worker& worker) {
  std::array<std::byte, page_bytes> buffer;
  for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i) {
    const uint64_t offset_bytes = pattern.at(i) * page_bytes;
    stamp.fill(offset_bytes, buffer);
    Result<uint64_t> n = ErrorCode::io_error;
    worker.time([&] { n = data.file->write(offset_bytes, buffer); });
    if (auto wrong = check_whole_write(data.place, page_bytes, offset_bytes, n)) return wrong;
    worker.bytes_processed += page_bytes;
    for (const uint64_t in_page : stamped_in_page) {
      const uint64_t at = offset_bytes + in_page;
      if (auto wrong = data.check_load_everywhere(at, stamp.word(at))) return wrong;
    }
  }
  return std::nullopt;
}

}  // namespace

const WorkloadDescription write_after_hole_read_description{
    .name = "write_after_hole_read",
    .summary = "do mappings that read a hole see what write() puts there, and at what cost?",
    .options = write_after_hole_read_options::table,
    .axes = axis_fault | axis_write | axis_alloc,
    .multi_threaded = true};

std::optional<Failure> run_write_after_hole_read(WorkloadRun& run) {
  const uint64_t pages = pages_of(run.options[write_after_hole_read_options::size]);
  auto made = make_hole_file(run, write_after_hole_read_description.name, pages,
                             run.options[write_after_hole_read_options::mappings]);
  if (!made.ok()) return refusal(made.error());
  const MappedFile data = made.take();
  if (auto failure = read_holes(run, data, pages)) return failure;

  const Stamp stamp(run.seed, 0, 1);
  const AccessPattern pattern(
      static_cast<Pattern>(run.options[write_after_hole_read_options::pattern]), pages, 1,
      run.seed);
  auto failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    return write_pages(data, stamp, pattern, share_of(pages, worker.index, run.threads), worker);
  });
  run.measure_memory();
  if (failure) return failure;
  return data.verify({0, pages * page_bytes}, stamp_content(stamp));
}

}  // namespace daxlab
