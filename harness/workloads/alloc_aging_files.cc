#include "harness/workloads/alloc_aging_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/base/sizes.h"

namespace daxlab {
namespace {

constexpr uint64_t longest_write_bytes = 8 * MiB;
// So many files wait at a time for their second part, as if as many programs were writing; and so
// many to have their hole filled.
constexpr uint64_t growing_at_once = 16, punched_at_once = 64;

uint64_t write_bytes_of(const File& file) {
  return std::min(file.max_write_bytes(), longest_write_bytes);
}

}  // namespace

Content AgedFile::content() const {
  return [this](uint64_t offset_bytes, std::span<std::byte> into) {
    stamp.fill(offset_bytes, into);
    const uint64_t begin = std::max(offset_bytes, hole.pgoff * page_bytes);
    const uint64_t end = std::min(offset_bytes + into.size(), hole.end() * page_bytes);
    if (begin < end)
      std::ranges::fill(into.subspan(begin - offset_bytes, end - begin), std::byte{0});
  };
}

AgedFiles::AgedFiles(const AgingPlan& plan, uint64_t thread)
    : plan_(plan),
      thread_(thread),
      state_(mix(mix(plan.run.seed) ^ thread)),
      class_counts_(agrawal_sizes.size(), 0) {
  for (const SizeShare& share : agrawal_sizes) {
    if (share.size_bytes > plan.largest_bytes) break;
    ++classes_;
    weights_ += share.weight;
  }
}

std::optional<Failure> AgedFiles::age(Worker& worker) {
  while (!worker.stopped() && (!was_full_ || written_blocks_ < plan_.write_blocks)) {
    std::optional<Failure> failure;
    worker.time([&] { failure = step(); });
    if (failure) return failure;
  }
  worker.bytes_processed += written_bytes_;
  return std::nullopt;
}

// The region stays as full as it is. Any file may be the next to go; what is made instead is of the
// size of which, as Geriatrix has it, the most is lacking.
std::optional<Failure> AgedFiles::step() {
  if (blocks_ < plan_.blocks) {
    if (AgedFile* file = longest_waiting(punched_, punched_at_once)) return fill_hole(*file);
    if (AgedFile* file = longest_waiting(growing_, growing_at_once)) return grow(*file);
    return create();
  }
  was_full_ = true;
  const uint64_t index = random(files_.size());
  AgedFile& file = files_[index];
  const bool done = file.hole.pages == 0 && file.size_bytes == file.final_bytes;
  if (chance(plan_.punch_percent) && done && file.pages() > 1) return punch(file);
  return remove(index);
}

// Once more than so many wait; those that were removed meanwhile are forgotten.
AgedFile* AgedFiles::longest_waiting(std::deque<uint64_t>& waiting, uint64_t at_once) {
  while (waiting.size() > at_once) {
    const auto found = indices_.find(waiting.front());
    waiting.pop_front();
    if (found != indices_.end()) return &files_[found->second];
  }
  return nullptr;
}

// What its share of all files should be, less what it is.
double AgedFiles::lacking(uint64_t size_class) const {
  const auto share = [](uint64_t part, uint64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
  };
  return share(agrawal_sizes[size_class].weight, weights_) -
         share(class_counts_[size_class], files_.size());
}

uint64_t AgedFiles::class_to_create() const {
  uint64_t best = 0;
  for (uint64_t one = 1; one < classes_; ++one) {
    if (lacking(one) > lacking(best)) best = one;
  }
  return best;
}

std::optional<Failure> AgedFiles::create() {
  AgedFile file;
  file.number = next_number_++;
  // Filled for the first time by chance: in order, neighbours would be of a kind.
  uint64_t size_class = 0;
  if (was_full_ && !files_.empty()) {
    size_class = class_to_create();
  } else {
    uint64_t dice = random(weights_);
    while (dice >= agrawal_sizes[size_class].weight) dice -= agrawal_sizes[size_class++].weight;
  }
  file.size_class = size_class;
  file.final_bytes = agrawal_sizes[size_class].size_bytes;
  file.stamp = Stamp(plan_.run.seed, (thread_ << 40) + file.number, 1);
  file.place = {plan_.workload, fmt::format("aged{}_{}", thread_, file.number)};
  auto created = plan_.run.files.get().create(file.place.file);
  if (created.code() == ErrorCode::no_space) {
    return failure_at(file.place,
                      fmt::format("create: no inode is left, with {} files of this thread: make "
                                  "`largest` or the region larger",
                                  files_.size()));
  }
  if (!created.ok()) return failed_call(file.place, "create", created.status());
  const uint64_t pages = pages_of(file.final_bytes);
  uint64_t first_bytes = file.final_bytes;
  if (pages > 1 && chance(plan_.grow_percent)) first_bytes = (1 + random(pages - 1)) * page_bytes;
  const auto open = created.take();
  if (auto failure = write(file, *open, {0, first_bytes})) return failure;
  file.size_bytes = first_bytes;
  if (file.size_bytes < file.final_bytes) growing_.push_back(file.number);
  blocks_ += file.blocks();
  ++class_counts_[size_class];
  indices_[file.number] = files_.size();
  files_.push_back(std::move(file));
  return std::nullopt;
}

std::optional<Failure> AgedFiles::with_open(
    AgedFile& file, const std::function<std::optional<Failure>(File&)>& use) {
  auto opened = plan_.run.files.get().open(file.place.file);
  if (!opened.ok()) return failed_call(file.place, "open", opened.status());
  const auto open = opened.take();
  const uint64_t before = file.blocks();
  auto failure = use(*open);
  blocks_ = blocks_ - before + file.blocks();
  return failure;
}

std::optional<Failure> AgedFiles::grow(AgedFile& file) {
  return with_open(file, [&](File& open) {
    auto failure = write(file, open, {file.size_bytes, file.final_bytes - file.size_bytes});
    file.size_bytes = file.final_bytes;
    return failure;
  });
}

std::optional<Failure> AgedFiles::fill_hole(AgedFile& file) {
  return with_open(file, [&](File& open) {
    const uint64_t begin = file.hole.pgoff * page_bytes;
    const uint64_t end = std::min(file.hole.end() * page_bytes, file.size_bytes);
    auto failure = write(file, open, {begin, end - begin});
    file.hole = {};
    return failure;
  });
}

// A quarter of the file at most, and never all of it.
std::optional<Failure> AgedFiles::punch(AgedFile& file) {
  return with_open(file, [&](File& open) -> std::optional<Failure> {
    const uint64_t pages = file.pages();
    const uint64_t length = 1 + random(std::max<uint64_t>(1, pages / 4));
    file.hole = {random(pages - length + 1), length};
    punched_.push_back(file.number);
    const ByteRange range{file.hole.pgoff * page_bytes, length * page_bytes};
    const Status status = open.punch(range);
    if (status.ok()) return std::nullopt;
    return failed_call(
        file.place,
        fmt::format("punch of {} bytes at offset {}", range.length_bytes, range.offset_bytes),
        status);
  });
}

std::optional<Failure> AgedFiles::remove(uint64_t index) {
  AgedFile& file = files_[index];
  if (const Status status = plan_.run.files.get().unlink(file.place.file); !status.ok())
    return failed_call(file.place, "unlink", status);
  blocks_ -= file.blocks();
  --class_counts_[file.size_class];
  indices_.erase(file.number);
  if (index + 1 < files_.size()) {
    file = std::move(files_.back());
    indices_[file.number] = index;
  }
  files_.pop_back();
  return std::nullopt;
}

std::optional<Failure> AgedFiles::remove_all() {
  while (!files_.empty()) {
    if (auto failure = remove(files_.size() - 1)) return failure;
  }
  return std::nullopt;
}

std::optional<Failure> AgedFiles::write(const AgedFile& file, File& open, ByteRange range) {
  while (range.length_bytes > 0) {
    const uint64_t length = std::min(range.length_bytes, write_bytes_of(open));
    if (buffer_.size() < length) buffer_.resize(length);
    const std::span<std::byte> bytes = std::span(buffer_).first(length);
    file.stamp.fill(range.offset_bytes, bytes);
    const Result<uint64_t> written = open.write(range.offset_bytes, bytes);
    const std::string call = describe_write(length, range.offset_bytes);
    if (!written.ok()) return failed_call(file.place, call, written.status());
    if (written.value() != length)
      return failure_at(file.place, fmt::format("{} was short: {}", call, written.value()));
    written_blocks_ += pages_of(length);
    written_bytes_ += length;
    range = {range.offset_bytes + length, range.length_bytes - length};
  }
  return std::nullopt;
}

}  // namespace daxlab
