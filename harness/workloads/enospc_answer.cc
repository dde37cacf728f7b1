#include "harness/workloads/enospc_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/workloads/filled_file.h"
#include "harness/workloads/space_checks.h"
#include "harness/workloads/space_filler.h"

namespace daxlab {
namespace {

constexpr uint64_t writer_of_file = 64;  // the first that no thread can be

}  // namespace

std::optional<Failure> answer_at_enospc(WorkloadRun& run, const char* workload,
                                        uint64_t left_bytes) {
  FileSystem& files = run.files;
  const uint64_t blocks_free =
      std::min(pages_of(left_bytes), files.space_use().available_blocks() / 4);
  // It has its inode before the last block is gone.
  auto made = FilledFile::create(files, workload, run.seed, writer_of_file, 0);
  if (!made.ok()) return refusal(made.error());
  FilledFile file = made.take();
  if (file.file->max_write_bytes() < 2 * blocks_free * block_bytes) return file.unlink(files);
  auto filler = SpaceFiller::make(run, workload);
  if (!filler.ok()) return refusal(filler.error());
  if (auto failure = filler.value().fill_but(blocks_free)) return failure;

  const SpaceUse before = files.space_use();
  const uint64_t free_bytes = before.available_blocks() * block_bytes;
  std::vector<std::byte> bytes(2 * free_bytes);
  file.stamp.fill(0, bytes);
  const Result<uint64_t> n = file.file->write(0, bytes);
  const std::string call = describe_write(bytes.size(), 0);
  if (!n.ok() && n.code() != ErrorCode::no_space) return failed_call(file.place, call, n.status());
  file.size_bytes = n.ok() ? n.value() : 0;
  if (n.ok() && (n.value() == 0 || n.value() >= bytes.size())) {
    return failure_at(file.place,
                      fmt::format("{}, with {} free, returned {}", call, free_bytes, n.value()));
  }
  if (auto wrong = file.verify()) return wrong;
  const SpaceUse after = files.space_use();
  if (!n.ok()) {
    if (auto wrong = check_same_space(workload, before, after, "at a refused " + call)) {
      return wrong;
    }
  }
  run.extra.emplace_back("answer_free_bytes", static_cast<double>(free_bytes));
  run.extra.emplace_back("answer_written_bytes", static_cast<double>(file.size_bytes));
  const auto data_bytes = [](const SpaceUse& use) {
    return static_cast<double>((use.used_blocks - use.map_blocks) * block_bytes);
  };
  run.extra.emplace_back("answer_kept_bytes", data_bytes(after) - data_bytes(before) -
                                                  static_cast<double>(file.size_bytes));
  if (auto failure = file.unlink(files)) return failure;
  return filler.value().unlink();
}

}  // namespace daxlab
