#include <atomic>
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
    choice_option("pattern", "sequential|random", 0, "order of the pages"),
};

enum { option_size, option_pattern };
enum { sequential, random_order };

// One operation stores all words of a page.
void store_page(View& view, Stamp stamp, uint64_t page, Worker& worker) {
  worker.time([&] {
    for (uint64_t at = page * page_bytes; at < (page + 1) * page_bytes; at += 8)
      view.store(at, stamp.word(at));
  });
  worker.bytes_processed += page_bytes;
}

struct Passes {
  Stamp first, second;
};

std::optional<Failure> write_share(const MappedFile& data, const std::vector<uint64_t>& order,
                                   Share share, Passes passes, Worker& worker) {
  for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i)
    store_page(*data.views[0], passes.first, order[i], worker);
  for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i) {
    for (const uint64_t in_page : stamped_in_page) {
      const uint64_t at = order[i] * page_bytes + in_page;
      if (auto wrong = data.check_load(0, at, passes.first.word(at))) return wrong;
    }
    store_page(*data.views[0], passes.second, order[i], worker);
  }
  return std::nullopt;
}

}  // namespace

const WorkloadDescription mapped_write_description{
    "mapped_write", "what do stores through a mapping cost, into holes and again?",
    options,        axis_fault | axis_alloc,
    false,          true};

std::optional<Failure> run_mapped_write(WorkloadRun& run) {
  const uint64_t pages = pages_of(run.options[option_size]);
  const char* const name = mapped_write_description.name;
  if (auto failure = check_space(run, name, pages)) return failure;
  MappedFile data{{name, "data"}};
  if (auto failure = data.create(run.files, pages, 1)) return failure;
  const std::vector<uint64_t> order =
      order_of(pages, run.options[option_pattern] == random_order, run.seed);
  const Passes passes{Stamp(run.seed, 0, 1), Stamp(run.seed, 0, 2)};
  std::atomic<uint64_t> still_writing{run.threads};
  std::optional<Failure> failure =
      run_timed_workers(run, run.threads, [&](Worker& worker) -> std::optional<Failure> {
        const Share share = share_of(pages, worker.index, run.threads);
        if (auto wrong = write_share(data, order, share, passes, worker)) return wrong;
        // The last one makes all of it durable, and its time counts.
        if (still_writing.fetch_sub(1) != 1) return std::nullopt;
        const Status status = data.file->sync();
        if (!status.ok()) return failed_call(data.place, "sync", status);
        return std::nullopt;
      });
  run.measure_memory();
  if (failure) return failure;
  return data.verify({0, pages * page_bytes}, stamp_content(passes.second));
}

}  // namespace daxlab
