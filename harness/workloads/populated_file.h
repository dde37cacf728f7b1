// The set-up of workloads that begin with a file of data, with holes at regular places.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "core/base/error_or.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/stamp.h"

namespace daxlab {

// A hole of so many bytes at the beginning of every so many; every_bytes 0: no holes.
struct Holes {
  uint64_t length_bytes = 0, every_bytes = 0;
  // The first of `at` and what follows that is no hole, and where the next hole begins after it.
  uint64_t next_data(uint64_t at_bytes) const {
    if (every_bytes == 0) return at_bytes;
    if (length_bytes == every_bytes) return UINT64_MAX;
    const uint64_t in_period = at_bytes % every_bytes;
    return in_period < length_bytes ? at_bytes - in_period + length_bytes : at_bytes;
  }
  uint64_t next_hole(uint64_t at_bytes) const {
    return every_bytes == 0 ? UINT64_MAX : at_bytes - at_bytes % every_bytes + every_bytes;
  }
};

// Of bytes that begin there in the file, those in holes.
void zero_holes(Holes holes, uint64_t offset_bytes, std::span<std::byte> bytes);

// Writes what is no hole of the file's first `length_bytes`, in parts of at most 64 KiB. After each
// `written` is told.
std::optional<Failure> populate(const MappedFile& data, uint64_t length_bytes, Holes holes,
                                const Content& content,
                                const std::function<void(ByteRange)>& written = {});

// The file "data" with words of a stamp, not mapped yet.
class PopulatedFile {
 public:
  static ErrorOr<PopulatedFile> make(WorkloadRun& run, const char* workload, uint64_t pages,
                                     Holes holes);

  const MappedFile& data() const { return data_; }
  uint64_t pages() const { return pages_; }
  uint64_t length_bytes() const { return pages_ * page_bytes; }
  // Mappings of the whole file that nothing has touched yet.
  std::optional<Failure> map(uint64_t mappings);

  uint64_t expected(uint64_t offset_bytes) const {
    return holes_.next_data(offset_bytes) == offset_bytes ? stamp_.word(offset_bytes) : 0;
  }
  // Words that were read from there, `step_bytes` from each other.
  std::optional<Failure> check(uint64_t offset_bytes, uint64_t step_bytes,
                               std::span<const uint64_t> seen, std::string_view through) const;
  // Every byte, through read() and every mapping.
  std::optional<Failure> verify() const { return data_.verify({0, length_bytes()}, content()); }

 private:
  PopulatedFile(MappedFile data, uint64_t pages, Holes holes, Stamp stamp)
      : data_(std::move(data)), pages_(pages), holes_(holes), stamp_(stamp) {}
  Content content() const;

  MappedFile data_;
  uint64_t pages_;
  Holes holes_;
  Stamp stamp_;
};

}  // namespace daxlab
