#include "core/recovery/repair.h"

#include <fmt/format.h>

#include <string>
#include <unordered_set>
#include <vector>

#include "core/recovery/map_mending.h"
#include "core/recovery/map_problems.h"
#include "core/recovery/name_mending.h"
#include "core/recovery/recovery.h"
#include "core/recovery/word_correction.h"
#include "core/region/checked_word.h"
#include "core/region/inode_table.h"
#include "core/region/redo_log.h"

namespace daxlab {
namespace {

class Repair {
 public:
  Repair(Region& region, const std::function<void(const Problem&)>& report)
      : region_(region), report_(report) {}

  RepairResult run();

 private:
  void mend_superblocks();
  void mend_log();
  uint64_t mended_size(uint32_t number) const;
  void mend_sizes();
  void mend_names();
  void mended(ProblemKind kind, std::string where, std::string what, std::string remedy);

  Region& region_;
  const std::function<void(const Problem&)>& report_;
  uint64_t mended_ = 0;
  MapMending maps_{region_, report_};
};

// The log comes before what its changes are made to. A name that is in doubt comes after its file's
// map: once it is sealed, its file has the same right to a block as others.
RepairResult Repair::run() {
  if (!region_.is_read_only()) {
    mend_superblocks();
    mend_log();
    mended_ += maps_.mend_all();
    mend_sizes();
    mend_names();
  }
  RegionContents left = check_region(region_, [this](const Problem& problem) {
    report_({problem.kind, problem.where, problem.what, ""});
  });
  return {mended_ + left.problems, left.problems};
}

void Repair::mend_superblocks() {
  const bool primary_is_whole = !superblock_is_damaged(region_, 0);
  if (!mend_superblock(region_)) return;
  if (primary_is_whole) {
    mended(ProblemKind::superblock, fmt::format("block {}", region_.blocks() - 1),
           "the copy of the superblock is damaged", "written again from the superblock");
  } else {
    mended(ProblemKind::superblock, "block 0", "the superblock is damaged",
           "written again from its copy");
  }
}

void Repair::mend_log() {
  const LogState log = state_of_log(region_);
  if (log == LogState::committed) replay_log(region_);
  if (log != LogState::damaged) return;
  retire_log(region_);
  mended(ProblemKind::log, fmt::format("block {}", region_.superblock().log_block),
         "the redo log holds a record that is not as it was written",
         "dropped; the last atomic write may be half done");
}

// What it was if one byte of it is wrong, else what it says, if all pages of the file lie below
// that: so nothing that was written is cut off.
uint64_t Repair::mended_size(uint32_t number) const {
  const uint64_t end_pgoff = maps_.summary_of(number).end_pgoff;
  const uint64_t word = region_.inodes()[number].size_bytes;
  if (!is_intact(word)) {
    if (auto corrected = corrected_size_word(word, end_pgoff)) return value_of(*corrected);
  }
  return is_possible_size(value_of(word), end_pgoff) ? value_of(word) : end_pgoff * page_bytes;
}

void Repair::mend_sizes() {
  for (uint32_t number = 0; number < region_.inode_count(); ++number) {
    Inode& inode = region_.inodes()[number];
    if (!is_taken(inode) || size_is_possible(inode)) continue;
    const uint64_t size = mended_size(number);
    std::string what = fmt::format("the size is damaged or impossible ({:#x})", inode.size_bytes);
    region_.persist().store_word(&inode.size_bytes, seal(size));
    region_.persist().flush(&inode.size_bytes, sizeof inode.size_bytes);
    region_.persist().fence();
    mended(ProblemKind::file_size, file_text(inode, number), std::move(what),
           fmt::format("is now {} bytes", size));
  }
}

void Repair::mend_names() {
  NameMending names(region_);
  for (uint32_t number : second_of_name(region_)) {
    std::string where = file_text(region_.inodes()[number], number);
    mended(ProblemKind::name_twice, std::move(where), "another file has this name",
           names.rename_as_lost(number));
  }
  for (uint32_t number = 0; number < region_.inode_count(); ++number) {
    Inode& inode = region_.inodes()[number];
    if (!is_taken(inode) || name_is_intact(inode)) continue;
    std::string where = file_text(inode, number);
    const bool holds_something =
        maps_.summary_of(number).mapped_pages > 0 || value_of(inode.size_bytes) > 0;
    mended(ProblemKind::inode_name, std::move(where),
           "the name and its checksum differ, or no file can have it",
           names.mend(number, holds_something));
  }
}

void Repair::mended(ProblemKind kind, std::string where, std::string what, std::string remedy) {
  ++mended_;
  report_({kind, std::move(where), std::move(what), std::move(remedy)});
}

}  // namespace

RepairResult repair_region(Region& region, const std::function<void(const Problem&)>& report) {
  return Repair(region, report).run();
}

}  // namespace daxlab
