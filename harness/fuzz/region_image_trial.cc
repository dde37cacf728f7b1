#include "harness/fuzz/region_image_trial.h"

#include <fmt/format.h>

#include <cstring>
#include <memory>

#include "core/base/counters.h"
#include "core/recovery/recovery.h"
#include "core/recovery/region_check.h"
#include "core/recovery/repair.h"
#include "core/region/redo_log.h"
#include "core/region/region.h"
#include "harness/fuzz/region_image.h"
#include "harness/fuzz/region_use.h"

namespace daxlab {
namespace {

using Broken = std::optional<std::string>;

bool same(std::span<const std::byte> one, std::span<const std::byte> other) {
  return one.size() == other.size() && std::memcmp(one.data(), other.data(), one.size()) == 0;
}

std::unique_ptr<Region> attach(RegionImage& image, Counters& counters) {
  auto region = Region::attach(Medium::over(image.bytes()), counters);
  return region.ok() ? region.take() : nullptr;
}

// What a check says of anything at all: extents that make sense, and as many problems as it
// reports.
Broken check_anything(const Region& region, const RegionImage& before) {
  uint64_t reported = 0;
  bool silent = false;
  const RegionContents contents = check_region(region, [&](const Problem& problem) {
    ++reported;
    silent |= problem.where.empty() || problem.what.empty();
  });
  if (silent) return "a problem without words";
  if (reported != contents.problems) {
    return fmt::format("{} problems, {} reported", contents.problems, reported);
  }
  uint64_t blocks = 0;
  uint64_t free_from = region.first_data_block();
  for (Extent extent : contents.used) {
    if (extent.blocks == 0 || extent.block < free_from || extent.end() > region.end_data_block()) {
      return fmt::format("in use: {}+{}", extent.block, extent.blocks);
    }
    free_from = extent.end() + 1;
    blocks += extent.blocks;
  }
  if (blocks != contents.used_blocks) return "used_blocks is not the sum of used";
  if (!same(region.medium().bytes(), before.bytes())) return "the check has stored something";
  return std::nullopt;
}

// The region is as good as recovery says, and stays so while it is used.
Broken use(Region& region, const Recovery& recovery) {
  if (auto wrong = find_unclean(region, &recovery.used)) return "after recovery: " + *wrong;
  if (auto wrong = read_all_files(region, recovery.used)) return "after recovery: " + *wrong;
  auto again = recover(region);
  if (!again.ok()) return "the second recovery: " + again.error().message;
  const Recovery& second = again.value();
  if (second.log_replayed || second.superblock_mended || second.freed_past_end_blocks != 0 ||
      second.used != recovery.used) {
    return "the second recovery finds something to do";
  }
  if (auto wrong = change_files(region, recovery.used)) return wrong;
  auto last = recover(region);
  if (!last.ok()) return "recovery after use: " + last.error().message;
  return read_all_files(region, last.value().used);
}

// Recovery that failed wrote to nothing but superblock and log.
Broken check_untouched(const Region& region, const RegionImage& before) {
  const uint64_t start = region.superblock().inode_table_block * block_bytes;
  const uint64_t length_bytes = region.end_data_block() * block_bytes - start;
  if (same(region.medium().bytes().subspan(start, length_bytes),
           before.bytes().subspan(start, length_bytes))) {
    return std::nullopt;
  }
  return "recovery failed, and changed inodes or data";
}

ImageTrial repair_and_use(RegionImage& image, Counters& counters) {
  std::unique_ptr<Region> region = attach(image, counters);
  uint64_t left_reported = 0;
  const RepairResult result = repair_region(
      *region, [&](const Problem& problem) { left_reported += problem.remedy.empty() ? 1 : 0; });
  if (left_reported != result.left) {
    return {ImageFate::left_alone,
            fmt::format("repair leaves {} problems, {} are reported", result.left, left_reported)};
  }
  if (result.left != 0 || region->is_read_only()) return {ImageFate::left_alone, std::nullopt};
  const RepairResult again = repair_region(*region, [](const Problem&) {});
  if (again.problems != 0) return {ImageFate::repaired, "the second repair finds problems"};
  auto recovery = recover(*region);
  if (!recovery.ok()) {
    return {ImageFate::repaired, "repair leaves nothing, but: " + recovery.error().message};
  }
  return {ImageFate::repaired, use(*region, recovery.value())};
}

}  // namespace

ImageTrial try_region_image(std::span<const std::byte> input) {
  static Counters counters;
  const RegionImage before(input);
  RegionImage image = before;
  std::unique_ptr<Region> region = attach(image, counters);
  if (region == nullptr) {
    if (same(image.bytes(), before.bytes())) return {};
    return {ImageFate::refused, "attach has stored something"};
  }
  if (auto wrong = check_anything(*region, before)) return {ImageFate::left_alone, wrong};
  const bool log_was_committed = state_of_log(*region) == LogState::committed;
  auto recovery = recover(*region);
  if (recovery.ok()) return {ImageFate::recovered, use(*region, recovery.value())};
  if (recovery.error().message.empty()) return {ImageFate::left_alone, "an error without words"};
  if (!log_was_committed) {
    if (auto wrong = check_untouched(*region, before)) return {ImageFate::left_alone, wrong};
  }
  RegionImage copy = before;
  ImageTrial trial = repair_and_use(copy, counters);
  if (region->is_read_only() &&
      !(same(image.bytes(), before.bytes()) && same(copy.bytes(), before.bytes()))) {
    trial.broken_promise = "something was stored to a read-only region";
  }
  return trial;
}

}  // namespace daxlab
