// A file that takes all space but so many blocks, so that it is known how many are left.
#pragma once

#include <cstdint>
#include <optional>

#include "harness/workloads/checks.h"

namespace daxlab {

class SpaceFiller {
 public:
  // Makes the file. The caller has one thread that uses `run`, which outlives this.
  static ErrorOr<SpaceFiller> make(WorkloadRun& run, const char* workload);

  // Writes until no block is left, then gives so many back: they are free on return.
  std::optional<Failure> fill_but(uint64_t blocks);
  // What it still holds.
  std::optional<Failure> verify() const {
    return verify({given_back_bytes_, filled_bytes_ - given_back_bytes_});
  }
  // Its blocks are free on return.
  std::optional<Failure> unlink();

 private:
  SpaceFiller(WorkloadRun& run, Place place, std::unique_ptr<File> file, uint64_t free_bytes)
      : run_(run), place_(std::move(place)), file_(std::move(file)), capacity_bytes_(free_bytes) {}
  std::optional<Failure> fill_by(uint64_t block_size_bytes);
  std::optional<Failure> verify(ByteRange range) const;

  std::reference_wrapper<WorkloadRun> run_;
  Place place_;
  std::unique_ptr<File> file_;
  uint64_t capacity_bytes_;
  uint64_t filled_bytes_ = 0, given_back_bytes_ = 0;
};

}  // namespace daxlab
