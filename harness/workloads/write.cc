#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/workloads/checks.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/page_words.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

constexpr uint64_t MiB = uint64_t{1} << 20;

constexpr Option options[] = {
    integer_option("size", OptionUnit::bytes, 16 * MiB, page_bytes, uint64_t{1} << 40,
                   "bytes of file, rounded up to whole pages"),
    integer_option("block_size", OptionUnit::bytes, page_bytes, 8, 64 * MiB,
                   "bytes of one write, a multiple of 8"),
    choice_option("mode", "overwrite|append", 0, "over a filled file, or growing an empty one"),
};

enum { option_size, option_block_size, option_mode };
enum { overwrite, append };

// Writes [0, length_bytes) of the file block by block; each write has to take all of its bytes.
std::optional<Failure> write_blocks(const MappedFile& data, Stamp stamp, uint64_t length_bytes,
                                    uint64_t block_size_bytes, Worker& worker) {
  std::vector<std::byte> buffer(block_size_bytes);
  for (uint64_t at = 0; at < length_bytes && !worker.stopped(); at += block_size_bytes) {
    const std::span block = std::span(buffer).first(std::min(block_size_bytes, length_bytes - at));
    stamp.fill(at, block);
    Result<uint64_t> n = ErrorCode::io_error;
    worker.time([&] { n = data.file->write(at, block); });
    const std::string call = describe_write(block.size(), at);
    if (!n.ok()) return failed_call(data.place, call, n.status());
    if (n.value() != block.size())
      return failure_at(data.place, fmt::format("{} was short: {}", call, n.value()));
    worker.bytes_processed += n.value();
  }
  return std::nullopt;
}

// A mapping made afterwards has to show what was written.
std::optional<Failure> verify_written(MappedFile& data, Stamp stamp, uint64_t length_bytes) {
  auto view = data.file->map({0, pages_of(length_bytes)});
  if (!view.ok()) return failed_call(data.place, "map", view.status());
  data.views.push_back(view.take());
  return data.verify({0, length_bytes}, stamp_content(stamp));
}

}  // namespace

const WorkloadDescription write_description{
    "write", "what does write() cost?", options, axis_write | axis_alloc, false, true};

std::optional<Failure> run_write(WorkloadRun& run) {
  const uint64_t block_size_bytes = run.options[option_block_size];
  const char* const name = write_description.name;
  if (auto failure = check_block_size(run, name, block_size_bytes)) return failure;
  const uint64_t pages = std::max(pages_of(run.options[option_size]), run.threads);
  if (auto failure = check_space(run, name, pages)) return failure;

  // A file for each thread, so that append means the same with many as with one.
  std::vector<MappedFile> data;
  for (uint64_t i = 0; i < run.threads; ++i) {
    data.push_back({{name, fmt::format("data{}", i)}});
    if (auto failure = data.back().create(run.files, 0, 0)) return failure;
  }
  const auto length_of = [&](uint64_t index) {
    const Share share = share_of(pages, index, run.threads);
    return (share.end - share.begin) * page_bytes;
  };
  const auto write_all = [&](uint64_t version) {
    return [&, version](Worker& worker) {
      return write_blocks(data[worker.index], Stamp(run.seed, worker.index, version),
                          length_of(worker.index), block_size_bytes, worker);
    };
  };
  std::optional<Failure> failure;
  if (run.options[option_mode] == overwrite) failure = run_workers(run.threads, write_all(1));
  if (failure) return failure;
  failure = run_timed_workers(run, run.threads, write_all(2));
  run.measure_memory();
  for (uint64_t i = 0; i < run.threads && !failure; ++i)
    failure = verify_written(data[i], Stamp(run.seed, i, 2), length_of(i));
  return failure;
}

}  // namespace daxlab
