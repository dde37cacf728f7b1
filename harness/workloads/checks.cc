#include "harness/workloads/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "core/base/bus_error.h"
#include "core/base/bus_error_words.h"
#include "core/base/process_limits.h"
#include "core/base/sizes.h"
#include "harness/workloads/space_checks.h"

namespace daxlab {
namespace {

constexpr size_t compared_at_once = 64 * 1024;

// The word at `at`, or what there is of it at the end of the buffer.
uint64_t word_of(std::span<const std::byte> bytes, uint64_t at) {
  uint64_t word = 0;
  std::memcpy(&word, bytes.data() + at, std::min<uint64_t>(8, bytes.size() - at));
  return word;
}

std::optional<Failure> compare(const Place& place, uint64_t offset_bytes,
                               std::span<const std::byte> expected, std::span<const std::byte> seen,
                               std::string_view through) {
  if (std::memcmp(expected.data(), seen.data(), expected.size()) == 0) return std::nullopt;
  const auto different = std::mismatch(expected.begin(), expected.end(), seen.begin()).first;
  const uint64_t at = static_cast<uint64_t>(different - expected.begin()) & ~uint64_t{7};
  return wrong_word(place, offset_bytes + at, word_of(expected, at), word_of(seen, at), through);
}

// "4 MiB", "20008 bytes": as it would be written in a config.
std::string exact_size(uint64_t bytes) {
  if (bytes > 0 && bytes % MiB == 0) return fmt::format("{} MiB", bytes / MiB);
  if (bytes > 0 && bytes % KiB == 0) return fmt::format("{} KiB", bytes / KiB);
  return fmt::format("{} bytes", bytes);
}

}  // namespace

Failure failure_at(const Place& place, std::string_view what) {
  return {fmt::format("{}: file '{}': {}", place.workload, place.file, what)};
}

Failure bus_error_at(const Place& place) {
  Failure failure = failure_at(place, "bus error " + bus_error_text(survived_bus_error));
  failure.kind = FailureKind::refused;
  return failure;
}

Failure wrong_word(const Place& place, uint64_t offset_bytes, uint64_t expected, uint64_t seen,
                   std::string_view through) {
  return {fmt::format("{}: file '{}' offset {}: expected {:#x}, seen {:#x} ({})", place.workload,
                      place.file, offset_bytes, expected, seen, through)};
}

Failure failed_call(const Place& place, std::string_view call, Status status,
                    uint64_t wanted_bytes) {
  std::string limit;
  if (status == ErrorCode::no_memory) limit = limit_met({ENOMEM, wanted_bytes});
  if (status == ErrorCode::too_big) limit = limit_met({EFBIG, wanted_bytes});
  Failure failure = failure_at(place, fmt::format("{}: {}{}{}", call, describe(status.code()),
                                                  limit.empty() ? "" : ": ", limit));
  failure.kind = limit.empty() ? kind_of(status.code()) : FailureKind::limit;
  return failure;
}

std::string through_mapping(size_t index) { return fmt::format("through mapping {}", index + 1); }

std::string describe_write(uint64_t length_bytes, uint64_t offset_bytes) {
  return fmt::format("write of {} bytes at offset {}", length_bytes, offset_bytes);
}

std::optional<Failure> check_whole_write(const Place& place, uint64_t length_bytes,
                                         uint64_t offset_bytes, const Result<uint64_t>& written) {
  if (written.ok() && written.value() == length_bytes) return std::nullopt;
  const std::string call = describe_write(length_bytes, offset_bytes);
  if (!written.ok()) return failed_call(place, call, written.status());
  return failure_at(place, fmt::format("{} was short: {}", call, written.value()));
}

std::optional<Failure> check_whole_read(const Place& place, ByteRange range,
                                        const Result<uint64_t>& read) {
  if (read.ok() && read.value() == range.length_bytes) return std::nullopt;
  const std::string call =
      fmt::format("read of {} bytes at offset {}", range.length_bytes, range.offset_bytes);
  if (!read.ok()) return failed_call(place, call, read.status());
  return failure_at(place,
                    fmt::format("{} returned {} before the end of the file", call, read.value()));
}

std::optional<Failure> verify_read(File& file, const Place& place, ByteRange range,
                                   const Content& content) {
  const uint64_t at_once = std::min<uint64_t>(compared_at_once, range.length_bytes);
  std::vector<std::byte> expected(at_once), seen(at_once);
  for (uint64_t at = range.offset_bytes; at < range.end();) {
    const size_t length = std::min<uint64_t>(at_once, range.end() - at);
    content(at, std::span(expected).first(length));
    std::ranges::fill(seen, std::byte{0xff});  // what read() leaves out must not look right
    const Result<uint64_t> n = file.read(at, std::span(seen).first(length));
    if (auto wrong = check_whole_read(place, {at, length}, n)) return wrong;
    auto wrong = compare(place, at, std::span(expected).first(length),
                         std::span(seen).first(length), "through read");
    if (wrong) return wrong;
    at += length;
  }
  return std::nullopt;
}

std::optional<Failure> verify_mapping(const View& view, const Place& place, size_t index,
                                      ByteRange range, const Content& content) {
  std::array<uint64_t, page_bytes / 8> expected;
  for (uint64_t at = range.offset_bytes; at < range.end(); at += page_bytes) {
    const size_t length = std::min<uint64_t>(page_bytes, range.end() - at);
    content(at, std::as_writable_bytes(std::span(expected)).first(length));
    for (uint64_t i = 0; i < length / 8; ++i) {
      const uint64_t seen = view.load(at + i * 8);
      if (seen != expected[i])
        return wrong_word(place, at + i * 8, expected[i], seen, through_mapping(index));
    }
  }
  return std::nullopt;
}

std::optional<Failure> verify_size(const File& file, const Place& place, uint64_t size_bytes) {
  const uint64_t seen = file.size_bytes();
  if (seen == size_bytes) return std::nullopt;
  return failure_at(place, fmt::format("size: expected {}, seen {}", size_bytes, seen));
}

std::optional<Failure> MappedFile::check_load_everywhere(uint64_t offset_bytes,
                                                         uint64_t expected) const {
  for (size_t i = 0; i < views.size(); ++i) {
    if (auto wrong = check_load(i, offset_bytes, expected)) return wrong;
  }
  return std::nullopt;
}

std::optional<Failure> MappedFile::check_holes(uint64_t first_page, uint64_t end_page) const {
  for (size_t i = 0; i < views.size(); ++i) {
    for (uint64_t page = first_page; page < end_page; ++page) {
      if (auto wrong = check_load(i, page * page_bytes, 0)) return wrong;
    }
  }
  return std::nullopt;
}

std::optional<Failure> MappedFile::verify(ByteRange range, const Content& content) const {
  if (auto wrong = verify_size(*file, place, range.end())) return wrong;
  if (auto wrong = verify_read(*file, place, range, content)) return wrong;
  for (size_t i = 0; i < views.size(); ++i) {
    if (auto wrong = verify_mapping(*views[i], place, i, range, content)) return wrong;
  }
  return std::nullopt;
}

std::optional<Failure> MappedFile::create(FileSystem& files, uint64_t pages, uint64_t mappings) {
  auto created = files.create(place.file);
  if (!created.ok()) return failed_call(place, "create", created.status());
  file = created.take();
  if (const Status status = file->truncate(pages * page_bytes); !status.ok())
    return failed_call(place, fmt::format("truncate to {}", pages * page_bytes), status);
  for (uint64_t i = 0; i < mappings; ++i) {
    auto view = file->map({0, pages});
    if (!view.ok()) {
      return failed_call(place, fmt::format("map {} pages", pages), view.status(),
                         (pages + max_fault_pages) * page_bytes);  // some for its alignment
    }
    views.push_back(view.take());
  }
  return std::nullopt;
}

std::optional<Failure> check_a_part_each(const WorkloadRun& run, const char* workload,
                                         std::string_view parts, uint64_t count) {
  if (count >= run.threads) return std::nullopt;
  return refusal(fmt::format("{}: {} threads share {} {}: make size larger or threads fewer",
                             workload, run.threads, count, parts));
}

std::optional<Failure> check_whole_words(const char* workload, uint64_t block_size_bytes) {
  if (block_size_bytes % 8 == 0) return std::nullopt;
  return refusal(
      fmt::format("{}: block_size {} is not a multiple of 8", workload, block_size_bytes));
}

std::optional<Failure> check_block_size(WorkloadRun& run, const char* workload,
                                        uint64_t block_size_bytes) {
  if (auto failure = check_whole_words(workload, block_size_bytes)) return failure;
  const Place place{workload, "longest_write"};
  auto file = run.files.get().create(place.file);
  if (!file.ok()) return failed_call(place, "create", file.status());
  const uint64_t longest_bytes = file.value()->max_write_bytes();
  file.take().reset();
  if (const Status status = run.files.get().unlink(place.file); !status.ok())
    return failed_call(place, "unlink", status);
  if (block_size_bytes <= longest_bytes) return std::nullopt;
  return refusal(fmt::format(
      "{}: block_size {} is larger than the {} that one write may have with this write strategy",
      workload, exact_size(block_size_bytes), exact_size(longest_bytes)));
}

std::optional<Failure> check_space(WorkloadRun& run, const char* workload, uint64_t pages,
                                   uint64_t files) {
  // A leaf of the block map holds 512 blocks; the rest is for inner nodes of every file.
  const uint64_t needed = pages + pages / 512 + 8 * files + 8;
  const SpaceUse use = run.files.get().space_use();
  if (use.reserved_blocks > use.free_blocks) return check_accounting(workload, use, "at first");
  const uint64_t there = use.available_blocks();
  if (there >= needed) return std::nullopt;
  return Failure{
      fmt::format("{}: needs {} free blocks of {} bytes, {} are there: make the workload's size "
                  "smaller or the region larger",
                  workload, needed, block_bytes, there),
      FailureKind::limit};
}

}  // namespace daxlab
