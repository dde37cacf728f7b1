#include "core/recovery/recovery.h"

#include <fmt/format.h>

#include <optional>

#include "core/recovery/region_check.h"
#include "core/region/block_map.h"

namespace daxlab {
namespace {

struct Checked {
  RegionContents contents;
  std::optional<Problem> first;
};

Checked check(const Region& region) {
  Checked checked;
  checked.contents = check_region(region, [&](const Problem& problem) {
    if (!checked.first) checked.first = problem;
  });
  return checked;
}

Error error_about(const Checked& checked) {
  const Problem& first = *checked.first;
  const char* first_of = checked.contents.problems == 1 ? "1 problem" : "the first";
  std::string count = checked.contents.problems == 1
                          ? std::string()
                          : fmt::format("{} problems, ", checked.contents.problems);
  return {fmt::format(
      "the region is damaged: {}{}: {}: {}; `daxlab region fsck` lists all, and with --repair "
      "mends what it can",
      count, first_of, first.where, first.what)};
}

// What every use of the region needs. A bad node of a map is refused to whoever opens its file.
std::optional<Error> unusable_for_bad_blocks(const Region& region) {
  const Superblock& super = region.superblock();
  const BadBlocks& bad = region.bad_blocks();
  const auto lost = [&](Extent extent, const char* what) -> std::optional<Error> {
    const uint64_t first = bad.first_in(extent);
    if (first == extent.end()) return std::nullopt;
    return Error{
        fmt::format("block {} is bad (its memory is lost) and {}: the region cannot be used; "
                    "`daxlab region info` shows what can still be seen; restore the file from a "
                    "copy to good memory, and take its list of bad blocks away",
                    first, what)};
  };
  if (auto error = lost({super.log_block, super.log_blocks}, "holds the redo log")) return error;
  if (auto error = lost({super.inode_table_block, super.first_data_block - super.inode_table_block},
                        "holds inodes, the names and sizes of files")) {
    return error;
  }
  if (!bad.has(0) || !bad.has(region.blocks() - 1)) return std::nullopt;
  return lost({0, 1}, "holds the superblock, and so is its copy");
}

// Each is one call whose stores are words that stand alone: cut short, the rest still lies past the
// end and goes next time.
void cut_at_ends(Region& region, const std::vector<uint32_t>& inodes) {
  std::vector<Extent> removed;
  for (uint32_t number : inodes) {
    Inode& inode = region.inodes()[number];
    const uint64_t pages = pages_of(inode);
    BlockMap(region, inode).clear({pages, max_file_pages - pages}, removed);
  }
}

}  // namespace

// The order, and why a crash anywhere in it does no harm:
//   superblock  only the damaged one is stored to, so a whole one is there throughout;
//   log         its changes are made again and durable before it is retired, and nobody has changed
//               those words since; before the check, which would see half of them otherwise;
//   check       stores nothing: a region that cannot be used is left as it is;
//   ends        durable before the blocks are reported as free, so that none is written to by one
//               file and found by another.
ErrorOr<Recovery> recover(Region& region) {
  if (region.is_read_only()) {
    return Error{"the region is read-only: it can be looked at, not used"};
  }
  if (auto error = unusable_for_bad_blocks(region)) return *error;
  Recovery recovery;
  recovery.superblock_mended = mend_superblock(region);
  const LogState log = state_of_log(region);
  if (log == LogState::committed) replay_log(region);
  recovery.log_replayed = log == LogState::committed;

  Checked checked = check(region);
  if (checked.first) return error_about(checked);
  if (checked.contents.blocks_past_end > 0) {
    const uint64_t used_before = checked.contents.used_blocks;
    cut_at_ends(region, checked.contents.inodes_past_end);
    // Read again, since nodes that became empty went too.
    checked = check(region);
    if (checked.first) return error_about(checked);
    recovery.freed_past_end_blocks = used_before - checked.contents.used_blocks;
  }
  recovery.used = std::move(checked.contents.used);
  return recovery;
}

LogState prepare_to_read(Region& region) {
  const LogState log = state_of_log(region);
  if (log == LogState::committed && region.medium().access() == Access::read_only) {
    replay_log(region);
  }
  return log;
}

bool mend_superblock(Region& region) {
  bool mended = false;
  for (uint64_t block : {uint64_t{0}, region.blocks() - 1}) {
    if (!superblock_is_damaged(region, block)) continue;
    region.persist().copy(&region.superblock_at(block), &region.superblock(), sizeof(Superblock));
    region.persist().fence();
    mended = true;
  }
  return mended;
}

}  // namespace daxlab
