#include <atomic>
#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/fsync_every.h"
#include "harness/workloads/hole_file.h"
#include "harness/workloads/versioned_blocks.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace mapped_write_options {
constexpr Option table[] = {
    file_size_option(16 * MiB),
    pattern_option(Pattern::sequential, "order of the blocks"),
    zipf_theta_option,
    integer_option("block_size", OptionUnit::bytes, page_bytes, 8, 64 * MiB,
                   "bytes stored in one operation, a multiple of 8"),
    choice_option("mode", "fill|overwrite", 0,
                  "into holes and then over it, or over what set-up has stored"),
    fsync_every_option("stores of a block from one msync of them to the next; 0: one at the end"),
    align_option,
    offset_option,
};
enum { size, pattern, theta, block_size, mode, fsync };
enum { fill, overwrite };
}  // namespace mapped_write_options

// The first store to a page faults and takes a block; of all operations together such ones would
// hide what the others cost, or be hidden.
class StoreTimes {
 public:
  void add(bool is_first, uint64_t took_ns) {
    Kind& kind = is_first ? first_ : again_;
    kind.latency.add(took_ns);
    kind.total_ns += took_ns;
  }
  void forget() {
    first_.forget();
    again_.forget();
  }
  void merge(const StoreTimes& other) {
    first_.merge(other.first_);
    again_.merge(other.again_);
  }
  void report(WorkloadRun& run) const {
    first_.report(run, "first_stores", "first_store_");
    again_.report(run, "overwrites", "overwrite_");
  }

 private:
  struct Kind {
    LatencyHistogram latency;
    uint64_t total_ns = 0;

    void forget() {
      latency = {};
      total_ns = 0;
    }
    void merge(const Kind& other) {
      latency.merge(other.latency);
      total_ns += other.total_ns;
    }
    void report(WorkloadRun& run, const char* number, const std::string& prefix) const {
      const auto count = static_cast<double>(latency.count());
      run.extra.emplace_back(number, count);
      if (count == 0) return;
      run.extra.emplace_back(prefix + "ns", static_cast<double>(total_ns) / count);
      run.extra.emplace_back(prefix + "p99_ns", static_cast<double>(latency.percentile_ns(0.99)));
    }
  };
  Kind first_, again_;
};

// One worker and its share of the blocks.
class Storer {
 public:
  Storer(const MappedFile& data, VersionedBlocks& blocks, uint64_t fsync_every, Worker& worker,
         StoreTimes& times)
      : view_(*data.views[0]),
        data_(data),
        blocks_(blocks),
        fsync_(fsync_every),
        worker_(worker),
        stored_to_(pages_of(blocks.length_bytes())),
        times_(times) {}

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
    const bool is_first = marks_new_pages(range, version != 0);
    if (worker_.operations == 0) times_.forget();  // none before it counts: it was in the ramp
    unsynced_ = unsynced_.length_bytes == 0 ? range : covering(unsynced_, range);
    const bool sync = fsync_.is_due();
    Status synced;
    const uint64_t took_ns = worker_.time([&] {
      store(block, version + 1);
      if (sync) synced = view_.sync(unsynced_);
    });
    times_.add(is_first, took_ns);
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
  // Whether this worker has not stored to all of the pages yet. A block that was stored to, maybe
  // by set-up, has its pages.
  bool marks_new_pages(ByteRange range, bool is_stored) {
    bool any_new = false;
    for (uint64_t page = range.offset_bytes / page_bytes; page * page_bytes < range.end(); ++page) {
      any_new |= !stored_to_[page] && !is_stored;
      stored_to_[page] = true;
    }
    return any_new;
  }
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
  std::vector<bool> stored_to_;  // by page
  StoreTimes& times_;
};

std::optional<Failure> store_timed(WorkloadRun& run, const MappedFile& data,
                                   VersionedBlocks& blocks, std::vector<StoreTimes>& times) {
  const bool twice = run.options[mapped_write_options::mode] == mapped_write_options::fill;
  std::atomic<uint64_t> still_writing{run.threads};
  return run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
    const Share share = share_of(blocks.count(), worker.index, run.threads);
    if (share.size() > 0) {
      Storer storer(data, blocks, run.options[mapped_write_options::fsync], worker,
                    times[worker.index]);
      const AccessPattern pattern(static_cast<Pattern>(run.options[mapped_write_options::pattern]),
                                  share.size(), run.options[mapped_write_options::theta],
                                  run.seed ^ worker.index);
      const uint64_t steps = share.size() * (twice ? 2 : 1);
      for (uint64_t step = 0; worker.goes_on(step < steps); ++step) {
        if (auto wrong = storer.operation(share.begin + pattern.at(step))) return wrong;
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
    .name = "mapped_write",
    .summary = "what do stores through a mapping cost, into holes and again?",
    .options = mapped_write_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true,
    .timed = true};

std::optional<Failure> run_mapped_write(WorkloadRun& run) {
  const char* const name = mapped_write_description.name;
  const uint64_t pages = pages_of(run.options[mapped_write_options::size]);
  const uint64_t block_size_bytes = run.options[mapped_write_options::block_size];
  if (auto failure = check_whole_words(name, block_size_bytes)) return failure;
  auto made = make_hole_file(run, name, pages, 1);
  if (!made.ok()) return refusal(made.error());
  const MappedFile data = made.take();
  VersionedBlocks blocks(run.seed, 0, pages * page_bytes, block_size_bytes);
  // Made before anything is measured: they are memory of nobody's.
  std::vector<StoreTimes> times(run.threads);
  std::optional<Failure> failure;
  if (run.options[mapped_write_options::mode] == mapped_write_options::overwrite) {
    failure = run_workers(run, run.threads, [&](Worker& worker) {
      Storer storer(data, blocks, 0, worker, times[worker.index]);
      const Share share = share_of(blocks.count(), worker.index, run.threads);
      for (uint64_t block = share.begin; block < share.end; ++block) storer.store(block, 1);
      return std::optional<Failure>();
    });
  }
  if (!failure) failure = store_timed(run, data, blocks, times);
  run.measure_memory();
  for (uint64_t i = 1; i < run.threads; ++i) times[0].merge(times[i]);
  times[0].report(run);
  if (failure) return failure;
  return data.verify({0, pages * page_bytes}, blocks.content());
}

}  // namespace daxlab
