#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/populated_file.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace read_options {
constexpr Option table[] = {
    file_size_option(16 * MiB),
    integer_option("block_size", OptionUnit::bytes, page_bytes, 8, 64 * MiB,
                   "bytes of one read, a multiple of 8"),
    pattern_option(Pattern::sequential, "order of the blocks"),
    zipf_theta_option,
    holes_length_option,
    holes_every_option(0),
};
enum { size, block_size, pattern, theta, hole_length, hole_every };
}  // namespace read_options

std::optional<Failure> read_block(const PopulatedFile& file, ByteRange range,
                                  std::span<uint64_t> words, Worker& worker) {
  Result<uint64_t> n = ErrorCode::io_error;
  worker.time(
      [&] { n = file.data().file->read(range.offset_bytes, std::as_writable_bytes(words)); });
  if (auto wrong = check_whole_read(file.data().place, range, n)) return wrong;
  worker.bytes_processed += range.length_bytes;
  return file.check(range.offset_bytes, 8, words, "through read");
}

}  // namespace

const WorkloadDescription read_description{
    .name = "read",
    .summary = "what does read() cost, of a file that is filled?",
    .options = read_options::table,
    .axes = axis_alloc,
    .multi_threaded = true,
    .timed = true};

std::optional<Failure> run_read(WorkloadRun& run) {
  const char* const name = read_description.name;
  const uint64_t block_size_bytes = run.options[read_options::block_size];
  if (auto failure = check_whole_words(name, block_size_bytes)) return failure;
  auto made = PopulatedFile::make(
      run, name, pages_of(run.options[read_options::size]),
      {run.options[read_options::hole_length], run.options[read_options::hole_every]});
  if (!made.ok()) return refusal(made.error());
  const PopulatedFile file = made.take();
  const uint64_t length_bytes = file.length_bytes();
  const uint64_t blocks = (length_bytes + block_size_bytes - 1) / block_size_bytes;
  const AccessPattern pattern(static_cast<Pattern>(run.options[read_options::pattern]), blocks,
                              run.options[read_options::theta], run.seed);
  auto failure = run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    std::vector<uint64_t> words(std::min(block_size_bytes, length_bytes) / 8);
    const Share share = share_of(blocks, worker.index, run.threads);
    for (uint64_t step = 0; worker.goes_on(step < share.size()); ++step) {
      const uint64_t block = pattern.at(share.begin + step);
      const uint64_t begin = block * block_size_bytes;
      const ByteRange range{begin, std::min(block_size_bytes, length_bytes - begin)};
      // What read() leaves out must not look right.
      std::ranges::fill(words, ~uint64_t{0});
      const std::span into = std::span(words).first(range.length_bytes / 8);
      if (auto wrong = read_block(file, range, into, worker)) return wrong;
    }
    return std::nullopt;
  });
  run.measure_memory();
  if (failure) return failure;
  return file.verify();
}

}  // namespace daxlab
