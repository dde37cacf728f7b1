#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <vector>

#include "core/base/sizes.h"
#include "harness/workloads/access_pattern.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/operations.h"
#include "harness/workloads/stamp.h"
#include "harness/workloads/workers.h"

namespace daxlab {
namespace {

namespace open_map_read_unmap_options {
constexpr Option table[] = {
    integer_option("files", OptionUnit::none, 256, 1, 1 << 20, "files"),
    integer_option("size", OptionUnit::bytes, 64 * KiB, 1, MiB, "bytes of the largest file"),
    choice_option(
        "sizes", "log_uniform|equal", 0,
        "of the files: as many from 1 to 2 KiB as from 2 to 4 KiB and so on, or all alike"),
    pattern_option(Pattern::sequential, "order of the files"),
    zipf_theta_option,
    operations_option(1024),
};
enum { files, size, sizes, pattern, theta, operations };
enum { log_uniform, equal };
}  // namespace open_map_read_unmap_options

// The files are known by number; what they hold is not kept.
class FileSet {
 public:
  FileSet(const WorkloadRun& run, const char* workload)
      : workload_(workload),
        seed_(run.seed),
        count_(run.options[open_map_read_unmap_options::files]),
        most_bytes_(run.options[open_map_read_unmap_options::size]),
        equal_(run.options[open_map_read_unmap_options::sizes] ==
               open_map_read_unmap_options::equal) {}

  uint64_t count() const { return count_; }
  Place place(uint64_t number) const { return {workload_, fmt::format("f{}", number)}; }
  uint64_t size_bytes(uint64_t number) const {
    if (equal_) return most_bytes_;
    const uint64_t chance = mix(seed_ ^ mix(number));
    const uint64_t power = uint64_t{1} << (chance >> 32) % std::bit_width(most_bytes_);
    return std::min(power + chance % power, most_bytes_);
  }
  uint64_t pages() const {
    uint64_t pages = 0;
    for (uint64_t number = 0; number < count_; ++number) pages += pages_of(size_bytes(number));
    return pages;
  }
  Stamp stamp(uint64_t number) const { return Stamp(seed_, number, 1); }

  std::optional<Failure> create(FileSystem& files, uint64_t number) const {
    MappedFile file{place(number)};
    if (auto failure = file.create(files, 0, 0)) return failure;
    std::vector<std::byte> bytes(size_bytes(number));
    stamp(number).fill(0, bytes);
    return check_whole_write(file.place, bytes.size(), 0, file.file->write(0, bytes));
  }

 private:
  const char* workload_;
  uint64_t seed_, count_, most_bytes_;
  bool equal_;
};

// One thread's way through the files.
class Visitor {
 public:
  Visitor(FileSystem& files, const FileSet& set, Worker& worker)
      : files_(files), set_(set), worker_(worker) {}

  std::optional<Failure> visit(uint64_t number) {
    const uint64_t pages = pages_of(set_.size_bytes(number));
    words_.resize(pages * page_bytes / 8);
    uint64_t size_bytes = 0;
    std::optional<FailedCall> failed;
    worker_.time([&] { failed = read(number, pages, size_bytes); });
    const Place place = set_.place(number);
    if (failed) return failed_call(place, failed->call, failed->status);
    worker_.bytes_processed += size_bytes;
    if (size_bytes != set_.size_bytes(number))
      return failure_at(
          place, fmt::format("size: expected {}, seen {}", set_.size_bytes(number), size_bytes));
    return check(place, set_.stamp(number), size_bytes);
  }

 private:
  struct FailedCall {
    const char* call;
    Status status;
  };

  std::optional<FailedCall> read(uint64_t number, uint64_t pages, uint64_t& size_bytes) {
    auto file = files_.open(fmt::format("f{}", number));
    if (!file.ok()) return FailedCall{"open", file.status()};
    auto view = file.value()->map({0, pages});
    if (!view.ok()) return FailedCall{"map", view.status()};
    size_bytes = file.value()->size_bytes();
    if (size_bytes != set_.size_bytes(number)) return std::nullopt;  // there may be no such pages
    for (uint64_t i = 0; i < words_.size(); ++i) words_[i] = view.value()->load(i * 8);
    return std::nullopt;
  }
  // Behind its end, the last page is zero.
  std::optional<Failure> check(const Place& place, Stamp stamp, uint64_t size_bytes) {
    expected_.assign(words_.size(), 0);
    stamp.fill(0, std::as_writable_bytes(std::span(expected_)).first(size_bytes));
    const auto different = std::mismatch(words_.begin(), words_.end(), expected_.begin());
    if (different.first == words_.end()) return std::nullopt;
    const auto at = static_cast<uint64_t>(different.first - words_.begin());
    return wrong_word(place, at * 8, *different.second, *different.first, through_mapping(0));
  }

  FileSystem& files_;
  const FileSet& set_;
  Worker& worker_;
  std::vector<uint64_t> words_, expected_;
};

std::optional<Failure> verify_files(FileSystem& files, const FileSet& set) {
  for (uint64_t number = 0; number < set.count(); ++number) {
    const Place place = set.place(number);
    auto file = files.open(place.file);
    if (!file.ok()) return failed_call(place, "open", file.status());
    const Stamp stamp = set.stamp(number);
    const Content content = [stamp](uint64_t offset_bytes, std::span<std::byte> into) {
      stamp.fill(offset_bytes, into);
    };
    const ByteRange all{0, set.size_bytes(number)};
    if (auto wrong = verify_read(*file.value(), place, all, content)) return wrong;
  }
  return std::nullopt;
}

}  // namespace

const WorkloadDescription open_map_read_unmap_description{
    .name = "open_map_read_unmap",
    .summary = "what does it cost to open, map, read, unmap and close one of many small files?",
    .options = open_map_read_unmap_options::table,
    .axes = axis_fault | axis_alloc,
    .multi_threaded = true,
    .timed = true};

std::optional<Failure> run_open_map_read_unmap(WorkloadRun& run) {
  const char* const name = open_map_read_unmap_description.name;
  const FileSet set(run, name);
  if (auto failure = check_space(run, name, set.pages(), set.count())) return failure;
  std::optional<Failure> failure;
  for (uint64_t number = 0; number < set.count() && !failure; ++number)
    failure = set.create(run.files, number);
  if (failure) return failure;
  const AccessPattern pattern(
      static_cast<Pattern>(run.options[open_map_read_unmap_options::pattern]), set.count(),
      run.options[open_map_read_unmap_options::theta], run.seed);
  failure = run_timed_workers(run, run.threads, [&](Worker& worker) {
    Visitor visitor(run.files, set, worker);
    return repeat(worker, run.options[open_map_read_unmap_options::operations], run.threads,
                  [&](uint64_t step) {
                    return visitor.visit(pattern.at(step * run.threads + worker.index));
                  });
  });
  run.measure_memory();
  if (failure) return failure;
  return verify_files(run.files, set);
}

}  // namespace daxlab
