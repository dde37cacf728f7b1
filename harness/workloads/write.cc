#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/fsync_every.h"
#include "harness/workloads/populated_file.h"
#include "harness/workloads/versioned_blocks.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace write_options {
constexpr Option table[] = {
    file_size_option(16 * MiB),
    integer_option("block_size", OptionUnit::bytes, page_bytes, 8, 64 * MiB,
                   "bytes of one write, a multiple of 8"),
    choice_option("mode", "overwrite|append", 0, "over a filled file, or growing an empty one"),
    pattern_option(Pattern::sequential, "order of the blocks; append is sequential"),
    zipf_theta_option,
    fsync_every_option("writes of a thread from one fsync to the next; 0: none"),
    holes_length_option,
    holes_every_option(0),
};
enum { size, block_size, mode, pattern, theta, fsync, holes_length, holes_every };
enum { overwrite, append };
}  // namespace write_options

// A file for each thread, so that append means the same with many as with one.
struct WrittenFile {
  MappedFile data;
  VersionedBlocks blocks;
  uint64_t size_bytes = 0;
};

class Writer {
 public:
  Writer(WrittenFile& file, uint64_t fsync_every, Worker& worker)
      : file_(file),
        fsync_(fsync_every),
        worker_(worker),
        buffer_(file.blocks.range(0).length_bytes) {}

  std::optional<Failure> write(uint64_t block) {
    const ByteRange range = file_.blocks.range(block);
    const uint32_t version = file_.blocks.version(block) + 1;
    const std::span bytes = std::span(buffer_).first(range.length_bytes);
    file_.blocks.stamp(version).fill(range.offset_bytes, bytes);
    const bool sync = fsync_.is_due();
    Result<uint64_t> n = ErrorCode::io_error;
    Status synced;
    worker_.time([&] {
      n = file_.data.file->write(range.offset_bytes, bytes);
      if (sync) synced = file_.data.file->sync();
    });
    const Place& place = file_.data.place;
    if (auto wrong = check_whole_write(place, bytes.size(), range.offset_bytes, n)) return wrong;
    if (!synced.ok()) return failed_call(place, "sync", synced);
    worker_.bytes_processed += bytes.size();
    file_.blocks.set_version(block, version);
    file_.size_bytes = std::max(file_.size_bytes, range.end());
    return std::nullopt;
  }
  // Before an append goes on from the beginning.
  std::optional<Failure> empty() {
    const Status status = file_.data.file->truncate(0);
    if (!status.ok()) return failed_call(file_.data.place, "truncate to 0", status);
    file_.size_bytes = 0;
    return std::nullopt;
  }

 private:
  WrittenFile& file_;
  FsyncEvery fsync_;
  Worker& worker_;
  std::vector<std::byte> buffer_;
};

Holes holes_of(const WorkloadRun& run) {
  return {run.options[write_options::holes_length], run.options[write_options::holes_every]};
}

// A block of which nothing but what set-up did is known has its holes yet.
constexpr uint32_t set_up = 1;

Content content_of(const WrittenFile& file, Holes holes) {
  return [&file, holes](uint64_t offset_bytes, std::span<std::byte> into) {
    file.blocks.content()(offset_bytes, into);
    if (holes.every_bytes == 0) return;
    const uint64_t end = offset_bytes + into.size();
    for (uint64_t at = offset_bytes; at < end;) {
      const uint64_t block_end = std::min(file.blocks.range_around(at).end(), end);
      const std::span of_block = into.subspan(at - offset_bytes, block_end - at);
      if (file.blocks.version_at(at) == set_up) zero_holes(holes, at, of_block);
      at = block_end;
    }
  };
}

// What is no hole, in parts that have nothing to do with blocks.
std::optional<Failure> fill_around_holes(WrittenFile& file, Holes holes) {
  const uint64_t length_bytes = file.blocks.length_bytes();
  for (uint64_t block = 0; block < file.blocks.count(); ++block) {
    file.blocks.set_version(block, set_up);
  }
  if (auto failure = populate(file.data, length_bytes, holes, content_of(file, holes)))
    return failure;
  const Status status = file.data.file->truncate(length_bytes);  // it may end in a hole
  if (!status.ok())
    return failed_call(file.data.place, fmt::format("truncate to {}", length_bytes), status);
  file.size_bytes = length_bytes;
  return std::nullopt;
}

// Every block once, in order, or what is no hole.
std::optional<Failure> fill(WorkloadRun& run, std::vector<WrittenFile>& files) {
  return run_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    WrittenFile& file = files[worker.index];
    if (holes_of(run).every_bytes != 0) return fill_around_holes(file, holes_of(run));
    Writer writer(file, 0, worker);
    for (uint64_t block = 0; block < file.blocks.count() && !worker.stopped(); ++block) {
      if (auto failure = writer.write(block)) return failure;
    }
    return std::nullopt;
  });
}

std::optional<Failure> write_timed(WorkloadRun& run, std::vector<WrittenFile>& files) {
  const bool appends = run.options[write_options::mode] == write_options::append;
  return run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    WrittenFile& file = files[worker.index];
    const uint64_t count = file.blocks.count();
    Writer writer(file, run.options[write_options::fsync], worker);
    const AccessPattern pattern(static_cast<Pattern>(run.options[write_options::pattern]), count,
                                run.options[write_options::theta], run.seed ^ worker.index);
    for (uint64_t step = 0; worker.goes_on(step < count); ++step) {
      if (appends && step > 0 && step % count == 0) {
        if (auto failure = writer.empty()) return failure;
      }
      if (auto failure = writer.write(pattern.at(step))) return failure;
    }
    return std::nullopt;
  });
}

// A mapping made afterwards has to show what was written.
std::optional<Failure> verify_written(WrittenFile& file, Holes holes) {
  if (file.size_bytes == 0) return verify_size(*file.data.file, file.data.place, 0);
  auto view = file.data.file->map({0, pages_of(file.size_bytes)});
  if (!view.ok()) return failed_call(file.data.place, "map", view.status());
  file.data.views.push_back(view.take());
  return file.data.verify({0, file.size_bytes}, content_of(file, holes));
}

}  // namespace

const WorkloadDescription write_description{
    .name = "write",
    .summary = "what does write() cost, over blocks that are there and over new ones?",
    .options = write_options::table,
    .axes = axis_write | axis_alloc,
    .multi_threaded = true,
    .timed = true};

std::optional<Failure> run_write(WorkloadRun& run) {
  const uint64_t block_size_bytes = run.options[write_options::block_size];
  const char* const name = write_description.name;
  if (run.options[write_options::mode] == write_options::append &&
      run.options[write_options::pattern] != static_cast<uint64_t>(Pattern::sequential))
    return refusal("write: mode append is sequential: leave pattern out, or choose overwrite");
  if (run.options[write_options::mode] == write_options::append && holes_of(run).every_bytes != 0)
    return refusal("write: mode append begins with an empty file: leave holes out");
  if (auto failure = check_block_size(run, name, block_size_bytes)) return failure;
  const uint64_t pages = std::max(pages_of(run.options[write_options::size]), run.threads);
  // A strategy may need new blocks before it gives back those that are written over.
  const uint64_t on_the_way = run.threads * (pages_of(block_size_bytes) + 1);
  if (auto failure = check_space(run, name, pages + on_the_way)) return failure;

  std::vector<WrittenFile> files;
  for (uint64_t i = 0; i < run.threads; ++i) {
    const uint64_t length_bytes = share_of(pages, i, run.threads).size() * page_bytes;
    files.push_back({{{name, fmt::format("data{}", i)}},
                     VersionedBlocks(run.seed, i, length_bytes, block_size_bytes)});
    if (auto failure = files.back().data.create(run.files, 0, 0)) return failure;
  }
  std::optional<Failure> failure;
  if (run.options[write_options::mode] == write_options::overwrite) failure = fill(run, files);
  if (failure) return failure;
  failure = write_timed(run, files);
  run.measure_memory();
  for (uint64_t i = 0; i < run.threads && !failure; ++i)
    failure = verify_written(files[i], holes_of(run));
  return failure;
}

}  // namespace daxlab
