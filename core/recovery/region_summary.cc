#include "core/recovery/region_summary.h"

#include "core/recovery/bad_block_uses.h"
#include "core/recovery/block_claims.h"
#include "core/recovery/map_problems.h"
#include "core/recovery/map_walk.h"
#include "core/recovery/recovery.h"
#include "core/region/checked_word.h"
#include "core/region/inode_table.h"

namespace daxlab {
namespace {

std::vector<FileSummary> files_of(const Region& region) {
  BlockClaims claims(region.blocks());
  const MapWalk::Found ignore = [](std::span<const MapFlaw>) {};  // check_region has said them
  MapWalk walk(region, claims, ignore);
  std::vector<FileSummary> files;
  for (uint32_t number = 0; number < region.inode_count(); ++number) {
    Inode& inode = region.inodes()[number];
    if (!is_taken(inode)) continue;
    const std::string quoted = quoted_name(inode);
    FileSummary file{.inode = number,
                     .name = quoted.substr(1, quoted.size() - 2),
                     .name_is_intact = name_is_intact(inode),
                     .size_bytes = std::nullopt,
                     .blocks = 0};
    if (size_is_possible(inode)) file.size_bytes = value_of(inode.size_bytes);
    const uint64_t pages = file.size_bytes ? pages_of(inode) : max_file_pages;
    file.blocks = walk.walk(inode, pages, MapWalk::Claim::equal).mapped_pages;
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

RegionSummary summarize_region(Region& region, const std::function<void(const Problem&)>& report) {
  RegionSummary summary;
  summary.log = prepare_to_read(region);
  summary.contents = check_region(region, report);
  summary.files = files_of(region);
  summary.bad_blocks = bad_block_uses(region, summary.contents);
  return summary;
}

}  // namespace daxlab
