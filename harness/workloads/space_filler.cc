#include "harness/workloads/space_filler.h"

#include <fmt/format.h>

#include <vector>

#include "harness/workloads/space_checks.h"
#include "harness/workloads/stamp.h"

namespace daxlab {
namespace {

constexpr uint64_t filler_number = uint64_t{1} << 40;  // of its stamp; no writer has it

}  // namespace

ErrorOr<SpaceFiller> SpaceFiller::make(WorkloadRun& run, const char* workload) {
  Place place{workload, "filler"};
  const uint64_t free_bytes = run.files.get().space_use().free_blocks * block_bytes;
  auto file = run.files.get().create(place.file);
  if (!file.ok()) return error_of(failed_call(place, "create", file.status()));
  return SpaceFiller(run, std::move(place), file.take(), free_bytes);
}

std::optional<Failure> SpaceFiller::fill_by(uint64_t block_size_bytes) {
  const Stamp stamp(run_.get().seed, filler_number, 1);
  std::vector<std::byte> buffer(block_size_bytes);
  for (;;) {
    stamp.fill(filled_bytes_, buffer);
    const Result<uint64_t> n = file_->write(filled_bytes_, buffer);
    if (n.ok()) filled_bytes_ += n.value();
    // More than there can be: some of it is lost, and reading finds where.
    if (filled_bytes_ > capacity_bytes_) {
      if (auto wrong = verify({0, filled_bytes_})) return wrong;
      return failure_at(place_, fmt::format("holds {} bytes; {} were free at first", filled_bytes_,
                                            capacity_bytes_));
    }
    if (n.ok() && n.value() == block_size_bytes) continue;
    if (n.ok() || n.code() == ErrorCode::no_space) return std::nullopt;
    return failed_call(place_, describe_write(block_size_bytes, filled_bytes_), n.status());
  }
}

std::optional<Failure> SpaceFiller::fill_but(uint64_t blocks) {
  if (auto failure = fill_by(64 * 1024)) return failure;
  filled_bytes_ = filled_bytes_ / page_bytes * page_bytes;
  if (auto failure = fill_by(page_bytes)) return failure;
  given_back_bytes_ = blocks * block_bytes;
  if (filled_bytes_ < 2 * given_back_bytes_) {
    return failure_at(
        place_,
        fmt::format("there was no space after {} bytes: make region.size larger", filled_bytes_));
  }
  if (const Status status = file_->punch({0, given_back_bytes_}); !status.ok()) {
    return failed_call(place_, "punch", status);
  }
  // A file system with a journal keeps what was punched until that is durable.
  if (const Status status = file_->sync(); !status.ok()) {
    return failed_call(place_, "sync", status);
  }
  return check_accounting(place_.workload, run_.get().files.get().space_use(),
                          "of the full region");
}

std::optional<Failure> SpaceFiller::verify(ByteRange range) const {
  const Stamp stamp(run_.get().seed, filler_number, 1);
  return verify_read(*file_, place_, range,
                     [stamp](uint64_t offset_bytes, std::span<std::byte> into) {
                       stamp.fill(offset_bytes, into);
                     });
}

std::optional<Failure> SpaceFiller::unlink() {
  file_.reset();
  const Status status = run_.get().files.get().unlink(place_.file);
  return status.ok() ? std::nullopt : std::optional(failed_call(place_, "unlink", status));
}

}  // namespace daxlab
