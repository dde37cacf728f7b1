#include "harness/endurance/live_lab.h"

#include <fmt/format.h>

#include "core/recovery/region_check.h"
#include "core/region/region_file.h"
#include "harness/run/cell_lab.h"
#include "harness/run/workload_files.h"
#include "harness/workloads/workload.h"

namespace daxlab {
namespace {

bool has_region_file(const Cell& cell) {
  return cell.engine != EngineKind::baseline && has_path(cell.medium);
}

WorkloadRun run_of(const Cell& cell, FileSystem& files, uint64_t seed) {
  const auto nothing = [] {};
  WorkloadRun run{
      .files = files,
      .options = {cell.workload.values.data(), static_cast<uint32_t>(cell.workload.values.size())},
      .start_timing = nothing,
      .stop_timing = nothing,
      .measure_memory = nothing,
      .latency = {},
      .extra = {}};
  run.threads = cell.threads;
  run.seed = seed;
  run.runtime_ns = static_cast<uint64_t>(cell.runtime.count());
  run.ramp_ns = static_cast<uint64_t>(cell.ramp.count());
  run.cpus = cell.cpus;
  if (cell.engine != EngineKind::baseline) {
    run.region_bytes = files.space_use().total_blocks * block_bytes;
  }
  return run;
}

}  // namespace

std::string LiveLab::key_of(const Cell& cell) {
  const std::string name = cell.name();
  const size_t start = name.find('/') + 1;
  return fmt::format("{} of {} bytes", name.substr(start, name.rfind('/') - start),
                     cell.region_bytes);
}

ErrorOr<std::unique_ptr<LiveLab>> LiveLab::assemble(const Config& config, const Cell& cell) {
  std::unique_ptr<LiveLab> live(new LiveLab);
  live->key_ = key_of(cell);
  live->is_baseline_ = cell.engine == EngineKind::baseline;
  if (has_region_file(cell) && cell.medium == MediumKind::devdax) {
    return Error{cell.region_path.string() +
                 ": each lab makes a region of its own, and a device has one; take another medium"};
  }
  if (live->is_baseline_ || has_region_file(cell)) {
    const std::filesystem::path parent =
        live->is_baseline_ ? cell.directory : cell.region_path.parent_path();
    auto folder = ScratchFolder::make(parent.empty() ? "." : parent);
    if (!folder.ok()) return folder.error();
    live->folder_.emplace(folder.take());
  }
  const auto directory = live->is_baseline_ ? live->folder_->path() : std::filesystem::path();
  auto spec = load_lab_spec(config, cell, directory, live->calls_);
  if (!spec.ok()) return spec.error();
  LabSpec its_own = spec.take();
  if (has_region_file(cell)) {
    live->region_path_ = live->folder_->path() / "region.pmem";
    its_own.region_path = live->region_path_;
    its_own.create = CreateRegion::always;
    if (its_own.region_bytes == 0) {
      return Error{cell.region_path.string() + ": region.size is needed: each lab makes a region"};
    }
  }
  auto lab = Lab::assemble(its_own, live->calls_);
  if (!lab.ok()) return lab.error();
  live->lab_ = lab.take();
  live->free_blocks_ = live->lab_->files().space_use().free_blocks;
  return live;
}

std::optional<std::string> LiveLab::run(const Cell& cell, uint64_t seed) {
  WorkloadFiles files(*lab_);
  {
    WorkloadRun run = run_of(cell, files, seed);
    const auto failure = make_workload(cell.workload.name)->run(run);
    if (const auto unsafe = lab_->failure()) return unsafe;
    if (failure) return failure->message;
  }
  if (const auto error = files.remove_all()) return error->message;
  return is_baseline_ ? std::nullopt : check_space();
}

std::optional<std::string> LiveLab::check_space() {
  const SpaceUse space = lab_->files().space_use();
  if (space.used_blocks + space.free_blocks == space.total_blocks &&
      space.free_blocks == free_blocks_) {
    return std::nullopt;
  }
  return fmt::format(
      "its files are gone, and {} of {} blocks are free where {} were at first ({} in use)",
      space.free_blocks, space.total_blocks, free_blocks_, space.used_blocks);
}

std::optional<std::string> LiveLab::close() {
  lab_.reset();
  if (region_path_.empty()) return std::nullopt;
  Counters counters;
  const auto region = read_region_file(region_path_, counters);
  if (!region.ok()) return region.error().message;
  std::string first;
  const RegionContents contents = check_region(*region.value(), [&](const Problem& problem) {
    if (first.empty()) first = problem.where + ": " + problem.what;
  });
  if (contents.problems != 0) return "the region it left is damaged: " + first;
  return std::nullopt;
}

}  // namespace daxlab
