#include <atomic>
#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/fsync_every.h"
#include "harness/workloads/hole_file.h"
#include "harness/workloads/versioned_blocks.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace mapped_write_options {
constexpr Option table[] = {
    integer_option("size", OptionUnit::bytes, 16 * MiB, page_bytes, uint64_t{1} << 40,
                   "bytes of file, rounded up to whole pages"),
    pattern_option(Pattern::sequential, "order of the blocks"),
    zipf_theta_option,
    integer_option("block_size", OptionUnit::bytes, page_bytes, 8, 64 * MiB,
                   "bytes stored in one operation, a multiple of 8"),
    choice_option("mode", "fill|overwrite", 0,
                  "into holes and then over it, or over what set-up has stored"),
    fsync_every_option("stores of a block from one msync of them to the next; 0: one at the end"),
};
enum { size, pattern, theta, block_size, mode, fsync };
enum { fill, overwrite };
}  // namespace mapped_write_options

// One worker and its share of the blocks.
class Storer {
 public:
  Storer(const MappedFile& data, VersionedBlocks& blocks, uint64_t fsync_every, Worker& worker)
      : view_(*data.views[0]), data_(data), blocks_(blocks), fsync_(fsync_every), worker_(worker) {}

  // What the block holds is looked at before it is stored to again.
  std::optional<Failure> operation(uint64_t block) {
    const ByteRange range = blocks_.range(block);
    const uint32_t version = blocks_.version(block);
    if (version != 0) {
      const Stamp seen = blocks_.stamp(version);
      for (const uint64_t at : {range.offset_bytes, middle(range), range.end() - 8}) {
        if (auto wrong = data_.check_load(0, at, seen.word(at))) return wrong;
      }
    }
    unsynced_ = unsynced_.length_bytes == 0 ? range : covering(unsynced_, range);
    const bool sync = fsync_.is_due();
    Status synced;
    worker_.time([&] {
      store(block, version + 1);
      if (sync) synced = view_.sync(unsynced_);
    });
    if (!synced.ok()) return failed_call(data_.place, "msync", synced);
    if (sync) unsynced_ = {};
    worker_.bytes_processed += range.length_bytes;
    return std::nullopt;
  }
  void store(uint64_t block, uint32_t version) {
    const Stamp stamp = blocks_.stamp(version);
    const ByteRange range = blocks_.range(block);
    for (uint64_t at = range.offset_bytes; at < range.end(); at += 8)
      view_.store(at, stamp.word(at));
    blocks_.set_version(block, version);
  }

 private:
  static uint64_t middle(ByteRange range) {
    return range.offset_bytes + range.length_bytes / 16 * 8;
  }
  static ByteRange covering(ByteRange a, ByteRange b) {
    const uint64_t begin = std::min(a.offset_bytes, b.offset_bytes);
    return {begin, std::max(a.end(), b.end()) - begin};
  }

  View& view_;
  const MappedFile& data_;
  VersionedBlocks& blocks_;
  FsyncEvery fsync_;
  ByteRange unsynced_{};
  Worker& worker_;
};

std::optional<Failure> store_timed(WorkloadRun& run, const MappedFile& data,
                                   VersionedBlocks& blocks) {
  const bool twice = run.options[mapped_write_options::mode] == mapped_write_options::fill;
  std::atomic<uint64_t> still_writing{run.threads};
  return run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    const Share share = share_of(blocks.count(), worker.index, run.threads);
    if (share.size() > 0) {
      Storer storer(data, blocks, run.options[mapped_write_options::fsync], worker);
      const AccessPattern pattern(static_cast<Pattern>(run.options[mapped_write_options::pattern]),
                                  share.size(), run.options[mapped_write_options::theta],
                                  run.seed ^ worker.index);
      const uint64_t steps = share.size() * (twice ? 2 : 1);
      for (uint64_t step = 0; worker.goes_on(step < steps); ++step) {
        if (auto failure = storer.operation(share.begin + pattern.at(step))) return failure;
      }
    }
    // The last one makes all of it durable, and its time counts.
    if (still_writing.fetch_sub(1) != 1) return std::nullopt;
    const Status status = data.file->sync();
    if (!status.ok()) return failed_call(data.place, "sync", status);
    return std::nullopt;
  });
}

}  // namespace

const WorkloadDescription mapped_write_description{
    "mapped_write",
    "what do stores through a mapping cost, into holes and again?",
    mapped_write_options::table,
    axis_fault | axis_alloc,
    false,
    true,
    true};

std::optional<Failure> run_mapped_write(WorkloadRun& run) {
  const char* const name = mapped_write_description.name;
  const uint64_t pages = pages_of(run.options[mapped_write_options::size]);
  const uint64_t block_size_bytes = run.options[mapped_write_options::block_size];
  if (auto failure = check_whole_words(name, block_size_bytes)) return failure;
  auto made = make_hole_file(run, name, pages, 1);
  if (!made.ok()) return Failure{made.error().message};
  const MappedFile data = made.take();
  VersionedBlocks blocks(run.seed, 0, pages * page_bytes, block_size_bytes);
  std::optional<Failure> failure;
  if (run.options[mapped_write_options::mode] == mapped_write_options::overwrite) {
    failure = run_workers(run, run.threads, [&](Worker& worker) {
      Storer storer(data, blocks, 0, worker);
      const Share share = share_of(blocks.count(), worker.index, run.threads);
      for (uint64_t block = share.begin; block < share.end; ++block) storer.store(block, 1);
      return std::optional<Failure>();
    });
  }
  if (!failure) failure = store_timed(run, data, blocks);
  run.measure_memory();
  if (failure) return failure;
  return data.verify({0, pages * page_bytes}, blocks.content());
}

}  // namespace daxlab
