#include "harness/workloads/populated_file.h"

#include <fmt/format.h>

#include <vector>

#include "core/base/sizes.h"

namespace daxlab {
namespace {

constexpr uint64_t most_bytes_of_a_write = 64 * KiB;

}  // namespace

void zero_holes(Holes holes, uint64_t offset_bytes, std::span<std::byte> bytes) {
  const uint64_t end = offset_bytes + bytes.size();
  for (uint64_t at = offset_bytes; at < end;) {
    const uint64_t data = std::min(holes.next_data(at), end);
    std::ranges::fill(bytes.subspan(at - offset_bytes, data - at), std::byte{0});
    at = data < end ? std::min(holes.next_hole(data), end) : end;
  }
}

std::optional<Failure> populate(const MappedFile& data, uint64_t length_bytes, Holes holes,
                                const Content& content,
                                const std::function<void(ByteRange)>& written) {
  std::vector<std::byte> buffer(std::min(most_bytes_of_a_write, length_bytes));
  for (uint64_t at = holes.next_data(0); at < length_bytes; at = holes.next_data(at)) {
    const uint64_t end = std::min(holes.next_hole(at), length_bytes);
    const ByteRange range{at, std::min<uint64_t>(buffer.size(), end - at)};
    const std::span bytes = std::span(buffer).first(range.length_bytes);
    content(at, bytes);
    const Result<uint64_t> n = data.file->write(at, bytes);
    if (auto wrong = check_whole_write(data.place, bytes.size(), at, n)) return wrong;
    if (written) written(range);
    at = range.end();
  }
  return std::nullopt;
}

ErrorOr<PopulatedFile> PopulatedFile::make(WorkloadRun& run, const char* workload, uint64_t pages,
                                           Holes holes) {
  if (const auto failure = check_space(run, workload, pages)) return error_of(*failure);
  MappedFile data{{workload, "data"}};
  if (const auto failure = data.create(run.files, pages, 0)) return error_of(*failure);
  PopulatedFile file(std::move(data), pages, holes, Stamp(run.seed, 0, 1));
  const auto failure = populate(file.data_, file.length_bytes(), holes, file.content());
  if (failure) return error_of(*failure);
  return file;
}

std::optional<Failure> PopulatedFile::map(uint64_t mappings) {
  for (uint64_t i = 0; i < mappings; ++i) {
    auto view = data_.file->map({0, pages_});
    if (!view.ok()) {
      return failed_call(data_.place, fmt::format("map {} pages", pages_), view.status(),
                         (pages_ + max_fault_pages) * page_bytes);
    }
    data_.views.push_back(view.take());
  }
  return std::nullopt;
}

std::optional<Failure> PopulatedFile::check(uint64_t offset_bytes, uint64_t step_bytes,
                                            std::span<const uint64_t> seen,
                                            std::string_view through) const {
  for (uint64_t i = 0; i < seen.size(); ++i) {
    const uint64_t at = offset_bytes + i * step_bytes;
    if (seen[i] != expected(at)) return wrong_word(data_.place, at, expected(at), seen[i], through);
  }
  return std::nullopt;
}

Content PopulatedFile::content() const {
  return [holes = holes_, stamp = stamp_](uint64_t offset_bytes, std::span<std::byte> into) {
    stamp.fill(offset_bytes, into);
    zero_holes(holes, offset_bytes, into);
  };
}

}  // namespace daxlab
