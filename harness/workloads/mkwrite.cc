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

namespace mkwrite_options {
constexpr Option table[] = {
    file_size_option(16 * MiB),
    integer_option("mappings", OptionUnit::none, 1, 1, 2, "mappings of the file"),
    choice_option("pattern", "sequential|random", 0, "order of the pages"),
    align_option,
    offset_option,
};
enum { size, mappings, pattern };
}  // namespace mkwrite_options

// The first store to a page is the operation: it takes the page from hole to block.
std::optional<Failure> store_pages(const MappedFile& data, Stamp stamp,
                                   const AccessPattern& pattern, Share share, Worker& worker) {
  for (uint64_t i = share.begin; i < share.end && !worker.stopped(); ++i) {
    const uint64_t page = pattern.at(i);
    // The mappings take turns, so that each also shows what a store through another one did.
    View& view = *data.views[page % data.views.size()];
    const uint64_t first = page * page_bytes + stamped_in_page[0];
    const uint64_t first_word = stamp.word(first);
    worker.time([&] { view.store(first, first_word); });
    worker.bytes_processed += page_bytes;
    if (auto wrong = data.check_load_everywhere(first, first_word)) return wrong;
    for (size_t word = 1; word < stamped_in_page.size(); ++word) {
      const uint64_t at = page * page_bytes + stamped_in_page[word];
      view.store(at, stamp.word(at));
      if (auto wrong = data.check_load_everywhere(at, stamp.word(at))) return wrong;
    }
  }
  return std::nullopt;
}

}  // namespace

const WorkloadDescription mkwrite_description{
    .name = "mkwrite",
    .summary = "what does a store cost to a page that was read as a hole?",
    .options = mkwrite_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true};

std::optional<Failure> run_mkwrite(WorkloadRun& run) {
  const uint64_t pages = pages_of(run.options[mkwrite_options::size]);
  auto made =
      make_hole_file(run, mkwrite_description.name, pages, run.options[mkwrite_options::mappings]);
  if (!made.ok()) return refusal(made.error());
  const MappedFile data = made.take();
  if (auto failure = read_holes(run, data, pages)) return failure;

  const Stamp stamp(run.seed, 0, 1);
  const AccessPattern pattern(static_cast<Pattern>(run.options[mkwrite_options::pattern]), pages, 1,
                              run.seed);
  auto failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    return store_pages(data, stamp, pattern, share_of(pages, worker.index, run.threads), worker);
  });
  run.measure_memory();
  if (failure) return failure;
  return data.verify({0, pages * page_bytes},
                     page_words_content(stamp, [](uint64_t) { return true; }));
}

}  // namespace daxlab
