#include <fmt/format.h>

#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/operations.h"
#include "harness/workloads/owned_words.h"
#include "harness/workloads/page_words.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace truncate_regrow_options {
constexpr Option table[] = {
    file_size_option(MiB, OwnedWords::most_bytes,
                     "bytes of file of each thread, rounded up to whole pages"),
    integer_option("mappings", OptionUnit::none, 2, 1, 8, "mappings of each file"),
    operations_option(64),
    integer_option("stored_pages", OptionUnit::pages, 0, 0, uint64_t{1} << 28,
                   "stored to after each regrow, spread from the cut on; 0: all there are"),
    align_option,
    offset_option,
};
enum { size, mappings, operations, stored_pages };
}  // namespace truncate_regrow_options

struct CutFile {
  MappedFile data;
  std::unique_ptr<OwnedWords> words;
};

// One thread, which cuts and grows its own file and reads in that of the next one.
class Cutter {
 public:
  Cutter(CutFile& own, CutFile* neighbour, const WorkloadRun& run, Worker& worker)
      : own_(own),
        neighbour_(neighbour),
        size_bytes_(own.words->length_bytes()),
        most_stored_pages_(run.options[truncate_regrow_options::stored_pages]),
        worker_(worker),
        random_(mix(run.seed ^ mix(worker.index))) {}

  std::optional<Failure> operation() {
    const uint64_t cut_bytes = next() % (size_bytes_ / 8 + 1) * 8;
    const uint32_t version = own_.words->next_version();
    if (version == 0) return no_more_versions(own_.data.place);
    if (auto failure = cut_and_grow(cut_bytes, version)) return failure;
    if (auto failure = check(cut_bytes)) return failure;
    if (neighbour_ != nullptr) {
      if (auto failure = glance()) return failure;
    }
    return stamp_pages(cut_bytes);
  }

  // Words of pages from there on, so that there is something to cut.
  std::optional<Failure> stamp_pages(uint64_t from_bytes) {
    const uint32_t version = own_.words->next_version();
    if (version == 0) return no_more_versions(own_.data.place);
    View& view = *own_.data.views[next() % own_.data.views.size()];
    const uint64_t stride = stride_of(size_bytes_ / page_bytes - from_bytes / page_bytes);
    const uint64_t first = stride == 1 ? 0 : next() % stride;
    for_each_stamped(from_bytes, [&](uint64_t at) {
      if (at / page_bytes % stride != first) return true;
      view.store(at, own_.words->word(at, version));
      own_.words->stored({at, 8}, version);
      return true;
    });
    return std::nullopt;
  }

 private:
  uint64_t next() { return random_ = mix(random_); }

  // One page of so many is stored to.
  uint64_t stride_of(uint64_t pages) const {
    const uint64_t most = most_stored_pages_;
    return most == 0 || pages <= most ? 1 : (pages + most - 1) / most;
  }

  // act(offset) for the stamped words from the offset on, as long as it returns true.
  template <class Act>
  void for_each_stamped(uint64_t from_bytes, const Act& act) const {
    for (uint64_t page = from_bytes / page_bytes; page * page_bytes < size_bytes_; ++page) {
      for (const uint64_t in_page : stamped_in_page) {
        const uint64_t at = page * page_bytes + in_page;
        if (at >= from_bytes && !act(at)) return;
      }
    }
  }

  std::optional<Failure> cut_and_grow(uint64_t cut_bytes, uint32_t version) {
    File& file = *own_.data.file;
    Status cut, grown;
    worker_.time([&] {
      cut = file.truncate(cut_bytes);
      if (cut.ok()) grown = file.truncate(size_bytes_);
    });
    worker_.bytes_processed += size_bytes_ - cut_bytes;
    const auto call = [](uint64_t bytes) { return fmt::format("truncate to {}", bytes); };
    if (!cut.ok()) return failed_call(own_.data.place, call(cut_bytes), cut);
    if (!grown.ok()) return failed_call(own_.data.place, call(size_bytes_), grown);
    own_.words->zeroed({cut_bytes, size_bytes_ - cut_bytes}, version);
    return std::nullopt;
  }

  // The page of the cut whole, through everything; of the others the words that were stamped.
  std::optional<Failure> check(uint64_t cut_bytes) {
    const MappedFile& data = own_.data;
    if (auto wrong = verify_size(*data.file, data.place, size_bytes_)) return wrong;
    const uint64_t page = std::min(cut_bytes, size_bytes_ - 1) / page_bytes;
    const ByteRange whole_page{page * page_bytes, page_bytes};
    const Content content = own_.words->content();
    if (auto wrong = verify_read(*data.file, data.place, whole_page, content)) return wrong;
    for (size_t i = 0; i < data.views.size(); ++i) {
      auto wrong = verify_mapping(*data.views[i], data.place, i, whole_page, content);
      if (wrong) return wrong;
    }
    std::optional<Failure> wrong;
    const size_t mapping = next() % data.views.size();
    for_each_stamped(cut_bytes, [&](uint64_t at) {
      wrong = data.check_load(mapping, at, own_.words->expected(at));
      return !wrong;
    });
    return wrong;
  }

  // Bus errors are as they should be: the neighbour may have cut its file just now.
  std::optional<Failure> glance() {
    const MappedFile& data = neighbour_->data;
    for (int i = 0; i < 64; ++i) {
      const uint64_t at = next() % (size_bytes_ / page_bytes) * page_bytes +
                          stamped_in_page[next() % stamped_in_page.size()];
      const size_t mapping = next() % data.views.size();
      const auto before = neighbour_->words->note(at);
      const Result<uint64_t> seen = data.views[mapping]->try_load(at);
      if (!seen.ok() && seen.code() != ErrorCode::beyond_end && seen.code() != ErrorCode::io_error)
        return failed_call(data.place, fmt::format("load at offset {}", at), seen.status());
      if (!seen.ok()) continue;
      auto wrong =
          neighbour_->words->check(data.place, at, before, seen.value(), through_mapping(mapping));
      if (wrong) return wrong;
    }
    return std::nullopt;
  }

  CutFile& own_;
  CutFile* const neighbour_;  // nullptr: there is no other thread
  const uint64_t size_bytes_;
  const uint64_t most_stored_pages_;  // at once; 0: no limit
  Worker& worker_;
  uint64_t random_;
};

}  // namespace

const WorkloadDescription truncate_regrow_description{
    .name = "truncate_regrow",
    .summary =
        "what does it cost to cut and grow a mapped file, and is what was cut gone for every "
        "mapping?",
    .options = truncate_regrow_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true,
    .timed = true};

std::optional<Failure> run_truncate_regrow(WorkloadRun& run) {
  const char* const name = truncate_regrow_description.name;
  const uint64_t pages = pages_of(run.options[truncate_regrow_options::size]);
  if (auto failure = check_space(run, name, run.threads * pages)) return failure;
  std::vector<CutFile> files;
  for (uint64_t i = 0; i < run.threads; ++i) {
    files.push_back({{{name, fmt::format("data{}", i)}},
                     std::make_unique<OwnedWords>(run.seed, i, pages * page_bytes,
                                                  OwnedWords::Zeros::any_time)});
    auto failure =
        files.back().data.create(run.files, pages, run.options[truncate_regrow_options::mappings]);
    if (failure) return failure;
  }
  const auto cutter_of = [&](Worker& worker) {
    CutFile* const next = &files[(worker.index + 1) % files.size()];
    return Cutter(files[worker.index], run.threads > 1 ? next : nullptr, run, worker);
  };
  std::optional<Failure> failure = run_workers(
      run, run.threads, [&](Worker& worker) { return cutter_of(worker).stamp_pages(0); });
  if (failure) return failure;
  failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    Cutter cutter = cutter_of(worker);
    return repeat(worker, run.options[truncate_regrow_options::operations], run.threads,
                  [&](uint64_t) { return cutter.operation(); });
  });
  run.measure_memory();
  for (size_t i = 0; i < files.size() && !failure; ++i)
    failure = files[i].data.verify({0, pages * page_bytes}, files[i].words->content());
  return failure;
}

}  // namespace daxlab
