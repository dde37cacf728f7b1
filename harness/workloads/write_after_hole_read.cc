#include <fmt/format.h>

#include <array>

#include "harness/workloads/checks.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/page_words.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

constexpr uint64_t MiB = uint64_t{1} << 20;

constexpr Option options[] = {
    integer_option("size", OptionUnit::bytes, 8 * MiB, page_bytes, uint64_t{1} << 40,
                   "bytes of file, rounded up to whole pages"),
    integer_option("mappings", OptionUnit::none, 2, 1, 8, "mappings of the file"),
};

enum { option_size, option_mappings };

std::optional<Failure> write_pages(const MappedFile& data, Stamp stamp, Share pages,
                                   Worker& worker) {
  std::array<std::byte, page_bytes> buffer;
  for (uint64_t page = pages.begin; page < pages.end && !worker.stopped(); ++page) {
    const uint64_t offset_bytes = page * page_bytes;
    stamp.fill(offset_bytes, buffer);
    Result<uint64_t> n = ErrorCode::io_error;
    worker.time([&] { n = data.file->write(offset_bytes, buffer); });
    const std::string call = describe_write(page_bytes, offset_bytes);
    if (!n.ok()) return failed_call(data.place, call, n.status());
    if (n.value() != page_bytes)
      return failure_at(data.place, fmt::format("{} was short: {}", call, n.value()));
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
    "write_after_hole_read",
    "do mappings that read a hole see what write() puts there, and at what cost?",
    options,
    axis_fault | axis_write | axis_alloc,
    false,
    true};

std::optional<Failure> run_write_after_hole_read(WorkloadRun& run) {
  const uint64_t pages = pages_of(run.options[option_size]);
  const char* const name = write_after_hole_read_description.name;
  if (auto failure = check_space(run, name, pages)) return failure;
  MappedFile data{{name, "data"}};
  if (auto failure = data.create(run.files, pages, run.options[option_mappings])) return failure;
  std::optional<Failure> failure = run_workers(run.threads, [&](Worker& worker) {
    const Share share = share_of(pages, worker.index, run.threads);
    return data.check_holes(share.begin, share.end);
  });
  if (failure) return failure;
  run.measure_memory();

  const Stamp stamp(run.seed, 0, 1);
  failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    return write_pages(data, stamp, share_of(pages, worker.index, run.threads), worker);
  });
  run.measure_memory();
  if (failure) return failure;
  return data.verify({0, pages * page_bytes}, stamp_content(stamp));
}

}  // namespace daxlab
