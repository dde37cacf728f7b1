#include "core/recovery/bad_block_uses.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "core/recovery/map_problems.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"

namespace daxlab {
namespace {

using Uses = std::map<uint64_t, BadBlockUse>;

std::string use_of_metadata(const Region& region, uint64_t block) {
  const Superblock& super = region.superblock();
  if (block == 0) return "the superblock";
  if (block == region.blocks() - 1) return "the superblock's copy";
  if (block >= super.log_block && block < super.log_block + super.log_blocks) return "the redo log";
  return "the inodes";
}

template <class Use>
void for_each_bad(const BadBlocks& bad, Extent extent, Use use) {
  uint64_t block = bad.first_in(extent);
  while (block < extent.end()) {
    use(block);
    block = bad.first_in({block + 1, extent.end() - block - 1});
  }
}

void add_uses_of_file(Region& region, uint32_t number, Uses& uses) {
  Inode& inode = region.inodes()[number];
  const BadBlocks& bad = region.bad_blocks();
  const BlockMap map(region, inode);
  const std::string quoted = quoted_name(inode);
  const std::string name = quoted.substr(1, quoted.size() - 2);
  for (uint64_t pgoff = map.next_block({0, max_file_pages}); pgoff < max_file_pages;
       pgoff = map.next_block({pgoff, max_file_pages - pgoff})) {
    const Extent extent = map.find_extent({pgoff, max_file_pages - pgoff});
    for_each_bad(bad, extent, [&](uint64_t block) {
      const uint64_t page = pgoff + (block - extent.block);
      uses[block] = {block, fmt::format("{}, page {}", file_text(inode, number), page), name};
    });
    pgoff += extent.blocks;
  }
  std::vector<Extent> extents;
  map.collect(extents);
  for (Extent extent : extents) {
    for_each_bad(bad, extent, [&](uint64_t block) {
      uses.try_emplace(block,
                       BadBlockUse{block, file_text(inode, number) + ", a node of its map", name});
    });
  }
}

}  // namespace

std::vector<BadBlockUse> bad_block_uses(Region& region, const RegionContents& contents) {
  const BadBlocks& bad = region.bad_blocks();
  if (bad.empty()) return {};
  Uses uses;
  const bool maps_are_whole = contents.problems == 0;
  for (uint32_t number = 0; maps_are_whole && number < region.inode_count(); ++number) {
    if (is_taken(region.inodes()[number])) add_uses_of_file(region, number, uses);
  }
  const char* other = maps_are_whole ? "free" : "not known: the region has other problems";
  std::vector<BadBlockUse> all;
  for (uint64_t block : bad.list()) {
    if (const auto found = uses.find(block); found != uses.end()) {
      all.push_back(std::move(found->second));
    } else {
      all.push_back(
          {block, region.holds_data(block) ? other : use_of_metadata(region, block), std::nullopt});
    }
  }
  return all;
}

Problem problem_of(const BadBlockUse& use) {
  return {ProblemKind::bad_block, fmt::format("block {} ({})", use.block, use.where),
          "its memory is lost", ""};
}

}  // namespace daxlab
