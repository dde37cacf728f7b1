#include <fmt/format.h>

#include <mutex>
#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/file_options.h"
#include "harness/workloads/fsync_every.h"
#include "harness/workloads/hole_file.h"
#include "harness/workloads/operations.h"
#include "harness/workloads/owned_words.h"
#include "harness/workloads/populated_file.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace mixed_options {
constexpr Option table[] = {
    file_size_option(4 * MiB, OwnedWords::most_bytes),
    integer_option("mappings", OptionUnit::none, 2, 1, 8, "mappings of the file"),
    integer_option("block_size", OptionUnit::bytes, page_bytes, 8, 64 * MiB,
                   "bytes of one read or write, a multiple of 8"),
    integer_option("read_share", OptionUnit::none, 50, 0, 100, "operations that read, in percent"),
    choice_option("through", "both|mappings|calls", 0,
                  "loads and stores through mappings, read() and write(), or either in turn"),
    pattern_option(Pattern::uniform, "order of the blocks"),
    zipf_theta_option,
    fsync_every_option("writes of a thread from one fsync to the next; 0: none"),
    operations_option(4096),
    integer_option("readers", OptionUnit::none, 0, 0, 64, "threads that only read; see writers"),
    integer_option("writers", OptionUnit::none, 0, 0, 64,
                   "threads that only write; of both 0: each does both, by read_share"),
    holes_length_option,
    holes_every_option(page_bytes),
    align_option,
    offset_option,
};
constexpr const char* roles[] = {"readers", "writers"};
enum {
  size,
  mappings,
  block_size,
  read_share,
  through,
  pattern,
  theta,
  fsync,
  operations,
  readers,
  writers,
  hole_length,
  hole_every
};
enum { both, mappings_only, calls_only };
}  // namespace mixed_options

struct SharedFile {
  const MappedFile& data;
  OwnedWords& words;
  const AccessPattern& pattern;  // of blocks
  uint64_t block_size_bytes;

  ByteRange block(uint64_t number) const {
    const uint64_t begin = number * block_size_bytes;
    return {begin, std::min(block_size_bytes, words.length_bytes() - begin)};
  }
};

// What the threads do: the first so many read, all after them write, or each does both.
struct Roles {
  uint64_t readers = 0, writers = 0;
  explicit Roles(const OptionValues& options)
      : readers(options[mixed_options::readers]), writers(options[mixed_options::writers]) {}
  bool given() const { return readers + writers != 0; }
  bool is_reader(uint64_t thread) const { return given() && thread < readers; }
  bool is_writer(uint64_t thread) const { return given() && thread >= readers; }
};

// Of all threads together they would hide each other.
class LatenciesOfRoles {
 public:
  void add(const Roles& roles, const Worker& worker) {
    const std::lock_guard guard(mutex_);
    if (roles.is_reader(worker.index)) readers_.merge(worker.latency);
    if (roles.is_writer(worker.index)) writers_.merge(worker.latency);
  }
  void report(WorkloadRun& run) const {
    const auto put = [&](const char* name, const LatencyHistogram& latency) {
      if (latency.count() == 0) return;
      run.extra.emplace_back(name, static_cast<double>(latency.percentile_ns(0.99)));
    };
    put("reader_p99_ns", readers_);
    put("writer_p99_ns", writers_);
  }

 private:
  std::mutex mutex_;
  LatencyHistogram readers_, writers_;
};

// Of the blocks, each thread that writes owns those whose number leaves its index among such
// threads when divided by their number.
class Mixer {
 public:
  Mixer(const SharedFile& file, const Roles& roles, const WorkloadRun& run, Worker& worker)
      : file_(file),
        roles_(roles),
        owners_(roles.given() ? roles.writers : run.threads),
        owner_(roles.given() ? worker.index - roles.readers : worker.index),
        run_(run),
        fsync_(run.options[mixed_options::fsync]),
        worker_(worker),
        words_(file.block_size_bytes / 8) {}

  std::optional<Failure> operation(uint64_t step) {
    const uint64_t chance = mix(run_.seed ^ mix(step * run_.threads + worker_.index));
    const bool by_chance = chance % 100 < run_.options[mixed_options::read_share];
    const bool reads = roles_.given() ? roles_.is_reader(worker_.index) : by_chance;
    const uint64_t place = file_.pattern.at(step * run_.threads + worker_.index);
    const ByteRange range = file_.block(reads ? place : own(place));
    const uint64_t through = run_.options[mixed_options::through];
    const bool by_call = through == mixed_options::calls_only ||
                         (through == mixed_options::both && (chance >> 32) % 2 == 0);
    const size_t mapping = (chance >> 40) % file_.data.views.size();
    worker_.bytes_processed += range.length_bytes;
    const std::span words = std::span(words_).first(range.length_bytes / 8);
    return reads ? read(range, by_call, mapping, words) : write(range, by_call, mapping, words);
  }

 private:
  uint64_t own(uint64_t place) const {
    const uint64_t mine = place - place % owners_ + owner_;
    return mine < file_.pattern.count() ? mine : mine - owners_;
  }

  std::optional<Failure> read(ByteRange range, bool by_call, size_t mapping,
                              std::span<uint64_t> words) {
    file_.words.note(range, before_);
    if (by_call) {
      Result<uint64_t> n = ErrorCode::io_error;
      worker_.time(
          [&] { n = file_.data.file->read(range.offset_bytes, std::as_writable_bytes(words)); });
      if (auto wrong = check_whole_read(file_.data.place, range, n)) return wrong;
    } else {
      const View& view = *file_.data.views[mapping];
      worker_.time([&] {
        for (uint64_t i = 0; i < words.size(); ++i)
          words[i] = view.load(range.offset_bytes + i * 8);
      });
    }
    return file_.words.check(file_.data.place, range.offset_bytes, before_, words,
                             by_call ? "through read" : through_mapping(mapping));
  }

  std::optional<Failure> write(ByteRange range, bool by_call, size_t mapping,
                               std::span<uint64_t> words) {
    const uint32_t version = file_.words.next_version();
    if (version == 0) return no_more_versions(file_.data.place);
    file_.words.fill(range.offset_bytes, version, std::as_writable_bytes(words));
    const bool sync = fsync_.is_due();
    Status synced;
    Result<uint64_t> n = range.length_bytes;
    worker_.time([&] {
      if (by_call) n = file_.data.file->write(range.offset_bytes, std::as_bytes(words));
      if (!by_call) store(*file_.data.views[mapping], range.offset_bytes, words);
      if (sync) synced = file_.data.file->sync();
    });
    const Place& place = file_.data.place;
    if (auto wrong = check_whole_write(place, range.length_bytes, range.offset_bytes, n))
      return wrong;
    if (!synced.ok()) return failed_call(place, "sync", synced);
    file_.words.stored(range, version);
    return std::nullopt;
  }

  static void store(View& view, uint64_t offset_bytes, std::span<const uint64_t> words) {
    for (uint64_t i = 0; i < words.size(); ++i) view.store(offset_bytes + i * 8, words[i]);
  }

  const SharedFile& file_;
  const Roles& roles_;
  const uint64_t owners_, owner_;
  const WorkloadRun& run_;
  FsyncEvery fsync_;
  Worker& worker_;
  std::vector<uint64_t> words_;
  std::vector<OwnedWords::State> before_;
};

// What is no hole when the threads begin.
std::optional<Failure> fill_data(const MappedFile& data, OwnedWords& words, Holes holes) {
  if (holes.next_data(0) >= words.length_bytes()) return std::nullopt;
  const uint32_t version = words.next_version();
  const Content content = [&](uint64_t offset_bytes, std::span<std::byte> into) {
    words.fill(offset_bytes, version, into);
  };
  return populate(data, words.length_bytes(), holes, content,
                  [&](ByteRange range) { words.stored(range, version); });
}

}  // namespace

const WorkloadDescription mixed_description{
    .name = "mixed",
    .summary =
        "what do readers and writers cost each other, "
        "through several mappings of one file and calls?",
    .options = mixed_options::table,
    .axes = axis_fault | axis_write | axis_alloc,
    .multi_threaded = true,
    .timed = true,
    .thread_roles = mixed_options::roles,
};

std::optional<Failure> run_mixed(WorkloadRun& run) {
  const char* const name = mixed_description.name;
  const Roles roles(run.options);
  const Holes holes{run.options[mixed_options::hole_length],
                    run.options[mixed_options::hole_every]};
  if (roles.given() && roles.readers + roles.writers != run.threads) {
    return refusal(fmt::format("mixed: {} readers and {} writers are not {} threads", roles.readers,
                               roles.writers, run.threads));
  }
  const uint64_t pages = pages_of(run.options[mixed_options::size]);
  const uint64_t block_size_bytes = run.options[mixed_options::block_size];
  auto unfit = run.options[mixed_options::through] == mixed_options::mappings_only
                   ? check_whole_words(name, block_size_bytes)
                   : check_block_size(run, name, block_size_bytes);
  if (unfit) return unfit;
  const uint64_t blocks = (pages * page_bytes + block_size_bytes - 1) / block_size_bytes;
  if (auto failure = check_a_part_each(run, name, "blocks", blocks)) return failure;
  // A strategy may need new blocks before it gives back those that are written over.
  const uint64_t on_the_way = run.threads * (pages_of(block_size_bytes) + 1);
  auto made = make_hole_file(run, name, pages, run.options[mixed_options::mappings], on_the_way);
  if (!made.ok()) return refusal(made.error());
  const MappedFile data = made.take();

  OwnedWords words(run.seed, 0, pages * page_bytes, OwnedWords::Zeros::at_first);
  if (auto failure = fill_data(data, words, holes)) return failure;
  const AccessPattern pattern(static_cast<Pattern>(run.options[mixed_options::pattern]), blocks,
                              run.options[mixed_options::theta], run.seed);
  const SharedFile file{data, words, pattern, block_size_bytes};
  LatenciesOfRoles latencies;
  std::optional<Failure> failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    Mixer mixer(file, roles, run, worker);
    auto wrong = repeat(worker, run.options[mixed_options::operations], run.threads,
                        [&](uint64_t step) { return mixer.operation(step); });
    latencies.add(roles, worker);
    return wrong;
  });
  run.measure_memory();
  latencies.report(run);
  if (failure) return failure;
  return data.verify({0, pages * page_bytes}, words.content());
}

}  // namespace daxlab
