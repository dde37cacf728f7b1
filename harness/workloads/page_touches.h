// First touches of a mapping's pages, as one operation each.
#pragma once

#include <array>
#include <optional>

#include "harness/workloads/populated_file.h"
#include "harness/workloads/workers.h"

namespace daxlab {

constexpr Option stride_option =
    integer_option("stride", OptionUnit::bytes, page_bytes, 8, page_bytes,
                   "bytes from one load of a page to the next, a multiple of 8; 4KiB: one load");

std::optional<Failure> check_stride(const char* workload, uint64_t stride_bytes);

// One worker's.
class PageTouches {
 public:
  PageTouches(const PopulatedFile& file, uint64_t stride_bytes, Worker& worker)
      : file_(file), stride_bytes_(stride_bytes), worker_(worker) {}

  // Loads of a page through a mapping; what they saw is looked at when the time has stopped.
  std::optional<Failure> touch(uint64_t mapping, uint64_t page);

 private:
  const PopulatedFile& file_;
  const uint64_t stride_bytes_;
  Worker& worker_;
  std::array<uint64_t, page_bytes / 8> words_;
};

}  // namespace daxlab
