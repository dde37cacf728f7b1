#include "harness/crash/account_judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/region/block_map.h"

namespace daxlab {
namespace {

// Sorted, with neighbours joined; nothing when two of them overlap or one lies outside.
std::optional<std::vector<Extent>> joined(std::vector<Extent> extents, const Region& region) {
  std::ranges::sort(extents, {}, &Extent::block);
  std::vector<Extent> runs;
  for (Extent extent : extents) {
    if (!region.holds_data(extent.block) || !region.holds_data(extent.end() - 1)) return {};
    if (!runs.empty() && runs.back().end() > extent.block) return {};
    if (!runs.empty() && runs.back().end() == extent.block) {
      runs.back().blocks += extent.blocks;
    } else {
      runs.push_back(extent);
    }
  }
  return runs;
}

std::string text_of(const std::vector<Extent>& extents) {
  std::string text;
  for (Extent extent : extents) text += fmt::format(" [{}, {})", extent.block, extent.end());
  return text.empty() ? " none" : text;
}

}  // namespace

std::optional<CrashFinding> judge_accounts(Region& region, const InodeTable& inodes,
                                           const Recovery& recovery) {
  std::vector<Extent> held;
  for (uint32_t number : inodes.taken()) BlockMap(region, inodes.inode(number)).collect(held);
  const auto runs = joined(held, region);
  if (!runs) {
    return CrashFinding{Promise::accounting,
                        "a block is in two files, or outside:" + text_of(held)};
  }
  if (*runs == recovery.used) return std::nullopt;
  return CrashFinding{Promise::accounting,
                      "recovery says these blocks are in use:" + text_of(recovery.used) +
                          "; the files hold" + text_of(*runs)};
}

}  // namespace daxlab
