#include "harness/workloads/filled_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace daxlab {
namespace {

Content stamped_except(Stamp stamp, ByteRange zeros) {
  return [stamp, zeros](uint64_t offset_bytes, std::span<std::byte> into) {
    stamp.fill(offset_bytes, into);
    const uint64_t begin = std::max(offset_bytes, zeros.offset_bytes);
    const uint64_t end = std::min(offset_bytes + into.size(), zeros.end());
    if (begin < end)
      std::ranges::fill(into.subspan(begin - offset_bytes, end - begin), std::byte{0});
  };
}

}  // namespace

ErrorOr<FilledFile> FilledFile::create(FileSystem& files, const char* workload, uint64_t seed,
                                       uint64_t writer, uint64_t number) {
  Place place{workload, fmt::format("w{}_{}", writer, number)};
  auto file = files.create(place.file);
  if (!file.ok()) return error_of(failed_call(place, "create", file.status()));
  return FilledFile{std::move(place), Stamp(seed, (writer << 32) + number, 1), file.take()};
}

std::optional<Failure> FilledFile::verify_end() const {
  const uint64_t seen_bytes = file->size_bytes();
  if (seen_bytes >= size_bytes) return verify_size(*file, place, size_bytes);
  const uint64_t at = seen_bytes & ~uint64_t{7};
  return Failure{
      fmt::format("{}: file '{}' offset {}: expected {:#x}, seen the end of the file "
                  "(size {}, written {})",
                  place.workload, place.file, at, stamp.word(at), seen_bytes, size_bytes)};
}

std::optional<Failure> FilledFile::verify(uint64_t from_bytes) const {
  if (auto wrong = verify_end()) return wrong;
  auto wrong = verify_read(*file, place, {from_bytes, size_bytes - from_bytes},
                           stamped_except(stamp, punched));
  if (wrong) return wrong;
  std::array<std::byte, 8> beyond;
  const Result<uint64_t> n = file->read(size_bytes, beyond);
  if (!n.ok()) return failed_call(place, "read at the end of the file", n.status());
  if (n.value() == 0) return std::nullopt;
  return failure_at(
      place, fmt::format("read at its end, offset {}, returned {} bytes", size_bytes, n.value()));
}

std::optional<Failure> FilledFile::punch(ByteRange range) {
  const Status status = file->punch(range);
  if (!status.ok())
    return failed_call(
        place,
        fmt::format("punch of {} bytes at offset {}", range.length_bytes, range.offset_bytes),
        status);
  punched = punched.length_bytes == 0
                ? range
                : ByteRange{punched.offset_bytes, range.end() - punched.offset_bytes};
  return std::nullopt;
}

std::optional<Failure> FilledFile::unlink(FileSystem& files) {
  if (const Status status = files.unlink(place.file); !status.ok())
    return failed_call(place, "unlink", status);
  file.reset();
  return std::nullopt;
}

ByteRange FilledFile::middle() const { return {size_bytes / 4 + 1, size_bytes / 2}; }

void CallerCounts::add(const CallerCounts& other) {
  writes += other.writes;
  short_writes += other.short_writes;
  failed_writes += other.failed_writes;
  retries += other.retries;
  truncated_back += other.truncated_back;
}

void CallerCounts::report(WorkloadRun& run) const {
  const auto put = [&](const char* name, uint64_t count) {
    run.extra.emplace_back(name, static_cast<double>(count));
  };
  put("caller_writes", writes);
  put("caller_short_writes", short_writes);
  put("caller_failed_writes", failed_writes);
  put("caller_retries", retries);
  put("caller_truncated_back", truncated_back);
}

ShortOutcome after_short_write(FilledFile& file, uint64_t asked_bytes, uint64_t written_bytes,
                               OnShort on_short, CallerCounts& counts) {
  ++counts.short_writes;
  if (on_short == OnShort::fail) {
    const Status status = file.file->truncate(file.size_bytes);
    if (!status.ok())
      return {true, true,
              failed_call(file.place, fmt::format("truncate back to {}", file.size_bytes), status)};
    ++counts.truncated_back;
    file.rest_bytes = 0;
    return {true, true, verify_size(*file.file, file.place, file.size_bytes)};
  }
  file.size_bytes += written_bytes;
  const bool again = on_short == OnShort::retry && ++file.shorts_in_a_row <= most_retries;
  if (again) ++counts.retries;
  file.rest_bytes = again ? asked_bytes - written_bytes : 0;
  return {!again, false, std::nullopt};
}

}  // namespace daxlab
