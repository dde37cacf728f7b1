#include <fmt/format.h>

#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/operations.h"
#include "harness/workloads/owned_words.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace punch_storm_options {
constexpr Option table[] = {
    file_size_option(MiB, OwnedWords::most_bytes, "bytes of each file, rounded up to whole pages"),
    integer_option("files", OptionUnit::none, 2, 1, 64, "files, shared by all threads"),
    integer_option("mappings", OptionUnit::none, 2, 1, 8, "mappings of each file"),
    integer_option("block_size", OptionUnit::bytes, 64 * KiB, 8, 64 * MiB,
                   "bytes of the largest punch or write, a multiple of 8"),
    integer_option("punch_share", OptionUnit::none, 50, 0, 100,
                   "operations that punch, in percent; the others write"),
    operations_option(2048),
    align_option,
    offset_option,
};
enum { size, files, mappings, block_size, punch_share, operations };
}  // namespace punch_storm_options

struct PunchedFile {
  MappedFile data;
  std::unique_ptr<OwnedWords> words;
};

// Of the words of each file, every thread owns a run: neighbours share the page between them.
class Puncher {
 public:
  Puncher(std::vector<PunchedFile>& files, const WorkloadRun& run, Worker& worker)
      : files_(files),
        run_(run),
        worker_(worker),
        share_(share_of(files[0].words->length_bytes() / 8, worker.index, run.threads)),
        random_(mix(run.seed ^ mix(worker.index))) {}

  // What the range holds is looked at before it is changed, and so are words of others.
  std::optional<Failure> operation() {
    PunchedFile& file = files_[next() % files_.size()];
    const ByteRange range = some_range();
    const size_t mapping = next() % file.data.views.size();
    if (auto wrong = check_own(file, range, mapping)) return wrong;
    if (auto wrong = glance(file, mapping)) return wrong;
    const uint32_t version = file.words->next_version();
    if (version == 0) return no_more_versions(file.data.place);
    worker_.bytes_processed += range.length_bytes;
    if (next() % 100 < run_.options[punch_storm_options::punch_share])
      return punch(file, range, version);
    return next() % 2 == 0 ? store(file, range, mapping, version) : write(file, range, version);
  }

 private:
  uint64_t next() { return random_ = mix(random_); }

  // Short ones are as frequent as long ones.
  ByteRange some_range() {
    const uint64_t most =
        std::min(run_.options[punch_storm_options::block_size] / 8, share_.size());
    const uint64_t limit = std::max<uint64_t>(most >> (next() % 8), 1);
    const uint64_t words = 1 + next() % limit;
    return {(share_.begin + next() % (share_.size() - words + 1)) * 8, words * 8};
  }

  std::optional<Failure> check_own(const PunchedFile& file, ByteRange range, size_t mapping) {
    const MappedFile& data = file.data;
    if (next() % 2 == 0) return verify_read(*data.file, data.place, range, file.words->content());
    return verify_mapping(*data.views[mapping], data.place, mapping, range, file.words->content());
  }
  std::optional<Failure> glance(const PunchedFile& file, size_t mapping) {
    for (int i = 0; i < 8; ++i) {
      const uint64_t at = next() % (file.words->length_bytes() / 8) * 8;
      const auto before = file.words->note(at);
      const uint64_t seen = file.data.views[mapping]->load(at);
      if (auto wrong =
              file.words->check(file.data.place, at, before, seen, through_mapping(mapping)))
        return wrong;
    }
    return std::nullopt;
  }

  std::optional<Failure> punch(PunchedFile& file, ByteRange range, uint32_t version) {
    Status status;
    worker_.time([&] { status = file.data.file->punch(range); });
    if (!status.ok())
      return failed_call(
          file.data.place,
          fmt::format("punch of {} bytes at offset {}", range.length_bytes, range.offset_bytes),
          status);
    file.words->zeroed(range, version);
    return std::nullopt;
  }
  std::optional<Failure> write(PunchedFile& file, ByteRange range, uint32_t version) {
    buffer_.resize(range.length_bytes);
    file.words->fill(range.offset_bytes, version, buffer_);
    Result<uint64_t> n = ErrorCode::io_error;
    worker_.time([&] { n = file.data.file->write(range.offset_bytes, buffer_); });
    file.words->stored(range, version);
    return check_whole_write(file.data.place, range.length_bytes, range.offset_bytes, n);
  }
  std::optional<Failure> store(PunchedFile& file, ByteRange range, size_t mapping,
                               uint32_t version) {
    View& view = *file.data.views[mapping];
    worker_.time([&] {
      for (uint64_t at = range.offset_bytes; at < range.end(); at += 8)
        view.store(at, file.words->word(at, version));
    });
    file.words->stored(range, version);
    return std::nullopt;
  }

  std::vector<PunchedFile>& files_;
  const WorkloadRun& run_;
  Worker& worker_;
  const Share share_;  // of the words of each file
  uint64_t random_;
  std::vector<std::byte> buffer_;
};

std::optional<Failure> make_files(WorkloadRun& run, const char* name, uint64_t pages,
                                  std::vector<PunchedFile>& files) {
  const uint64_t count = run.options[punch_storm_options::files];
  const uint64_t on_the_way =
      run.threads * (pages_of(run.options[punch_storm_options::block_size]) + 1);
  if (auto failure = check_space(run, name, count * pages + on_the_way, count)) return failure;
  for (uint64_t i = 0; i < count; ++i) {
    files.push_back({{{name, fmt::format("data{}", i)}},
                     std::make_unique<OwnedWords>(run.seed, i, pages * page_bytes,
                                                  OwnedWords::Zeros::any_time)});
    auto failure =
        files.back().data.create(run.files, pages, run.options[punch_storm_options::mappings]);
    if (failure) return failure;
  }
  return std::nullopt;
}

}  // namespace

const WorkloadDescription punch_storm_description{
    .name = "punch_storm",
    .summary =
        "do parts of mapped files that threads punch and "
        "write again stay apart, and what does it cost?",
    .options = punch_storm_options::table,
    .axes = axis_fault | axis_write | axis_alloc,
    .multi_threaded = true,
    .timed = true};

std::optional<Failure> run_punch_storm(WorkloadRun& run) {
  const char* const name = punch_storm_description.name;
  const uint64_t pages = pages_of(run.options[punch_storm_options::size]);
  if (auto failure = check_block_size(run, name, run.options[punch_storm_options::block_size]))
    return failure;
  if (auto failure = check_a_part_each(run, name, "words", pages * page_bytes / 8)) return failure;
  std::vector<PunchedFile> files;
  if (auto failure = make_files(run, name, pages, files)) return failure;
  std::optional<Failure> failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    Puncher puncher(files, run, worker);
    return repeat(worker, run.options[punch_storm_options::operations], run.threads,
                  [&](uint64_t) { return puncher.operation(); });
  });
  run.measure_memory();
  for (size_t i = 0; i < files.size() && !failure; ++i)
    failure = files[i].data.verify({0, pages * page_bytes}, files[i].words->content());
  return failure;
}

}  // namespace daxlab
