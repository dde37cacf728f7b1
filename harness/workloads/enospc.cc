#include <fmt/format.h>

#include <algorithm>

#include "core/base/sizes.h"
#include "harness/workloads/checks.h"
#include "harness/workloads/each_workload.h"
#include "harness/workloads/enospc_answer.h"
#include "harness/workloads/enospc_plan.h"
#include "harness/workloads/space_checks.h"

namespace daxlab {
namespace {

namespace enospc_options {
constexpr Option table[] = {
    integer_option("block_size", OptionUnit::bytes, 64 * 1024, 8, 64 * MiB,
                   "bytes of one write, a multiple of 8"),
    choice_option("on_short", "accept|retry|fail", 0, "what the caller does after a short write"),
    integer_option("left", OptionUnit::bytes, 512 * KiB, 4096, 64 * MiB,
                   "bytes free when one more write asks for twice as many"),
};
enum { block_size, on_short, left };
}  // namespace enospc_options

constexpr uint64_t rounds_per_writer = 16;
// A file is an eighth of a writer's part of the region, and several writes.
constexpr uint64_t files_per_writer = 8;
constexpr uint64_t fewest_writes_per_file = 4;

// Everything that was reported as written is there; then nothing is left of it.
std::optional<Failure> check_end(EnospcEnd& end, WorkloadRun& run, const SpaceUse& initial) {
  const char* const name = enospc_description.name;
  for (FilledFile& file : end.files) {
    if (auto wrong = file.verify()) return wrong;
  }
  if (end.overfull)
    return Failure{fmt::format("{}: files hold more than the {} blocks that were free at first",
                               name, initial.free_blocks)};
  if (auto wrong = check_accounting(name, run.files.get().space_use(), "after the last write"))
    return wrong;
  for (FilledFile& file : end.files) {
    if (auto failure = file.unlink(run.files)) return failure;
  }
  const SpaceUse last = run.files.get().space_use();
  if (auto wrong = check_accounting(name, last, "after the last unlink")) return wrong;
  return check_same_space(name, initial, last, "of the empty region");
}

}  // namespace

const WorkloadDescription enospc_description{
    .name = "enospc",
    .summary =
        "what happens when writers fill the region while "
        "space is freed, and what does a write() get "
        "that does not fit?",
    .options = enospc_options::table,
    .axes = axis_write | axis_alloc,
    .multi_threaded = true,
    .fills_space = true,
};

std::optional<Failure> run_enospc(WorkloadRun& run) {
  const char* const name = enospc_description.name;
  const uint64_t block_size_bytes = run.options[enospc_options::block_size];
  if (auto failure = check_block_size(run, name, block_size_bytes)) return failure;
  const SpaceUse initial = run.files.get().space_use();
  if (auto wrong = check_accounting(name, initial, "of the empty region")) return wrong;
  const uint64_t part_bytes = initial.available_blocks() * block_bytes / run.threads;
  const uint64_t smallest_bytes =
      std::max(fewest_writes_per_file * block_size_bytes, 8 * block_bytes);
  const uint64_t file_bytes = std::max(part_bytes / files_per_writer, smallest_bytes);
  if (part_bytes < 2 * file_bytes)
    return Failure{fmt::format("{}: {} free bytes for each of {} threads; at least {} are needed: "
                               "make block_size smaller or the region larger",
                               name, part_bytes, run.threads, 2 * file_bytes),
                   FailureKind::limit};
  const EnospcPlan plan{run,
                        name,
                        block_size_bytes,
                        static_cast<OnShort>(run.options[enospc_options::on_short]),
                        file_bytes,
                        rounds_per_writer * run.threads,
                        initial.free_blocks * block_bytes};
  EnospcEnd end = run.threads == 1 ? fill_alone(plan) : fill_in_a_race(plan);
  end.counts.report(run);
  run.measure_memory();
  if (end.failure) return end.failure;
  if (!end.overfull && end.counts.failed_writes + end.counts.short_writes == 0)
    return Failure{fmt::format("{}: no write ever found the region full", name)};
  if (auto wrong = check_end(end, run, initial)) return wrong;
  return answer_at_enospc(run, name, run.options[enospc_options::left]);
}

}  // namespace daxlab
