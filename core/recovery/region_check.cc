#include "core/recovery/region_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <tuple>

#include "core/recovery/block_claims.h"
#include "core/recovery/map_problems.h"
#include "core/recovery/map_walk.h"
#include "core/region/checked_word.h"
#include "core/region/inode_table.h"
#include "core/region/redo_log.h"

namespace daxlab {
namespace {

constexpr uint64_t max_file_bytes = max_file_pages * page_bytes;

class RegionCheck {
 public:
  RegionCheck(const Region& region, const std::function<void(const Problem&)>& report)
      : region_(region), report_(report), claims_(region.blocks()) {}

  RegionContents run();

 private:
  void check_superblocks();
  void check_log();
  void check_name(uint32_t number);
  void check_second_names();
  void check_file(uint32_t number, MapWalk::Claim claim);
  void found(ProblemKind kind, std::string where, std::string what, std::string remedy);

  const Region& region_;
  const std::function<void(const Problem&)>& report_;
  BlockClaims claims_;
  RegionContents contents_;
  uint32_t walked_ = 0;
  MapWalk::Found map_flawed_ = [this](std::span<const MapFlaw> flaws) {
    report_flaws(region_.inodes()[walked_], walked_, flaws, Remedy::planned,
                 [this](const Problem& problem) {
                   ++contents_.problems;
                   report_(problem);
                 });
  };
  MapWalk walk_{region_, claims_, map_flawed_};
};

RegionContents RegionCheck::run() {
  check_superblocks();
  check_log();
  std::vector<uint32_t> doubtful;
  for (uint32_t number = 0; number < region_.inode_count(); ++number) {
    const Inode& inode = region_.inodes()[number];
    if (!is_taken(inode)) continue;
    ++contents_.files;
    if (name_is_intact(inode)) {
      check_file(number, MapWalk::Claim::equal);
    } else {
      doubtful.push_back(number);
    }
  }
  for (uint32_t number : doubtful) {
    check_name(number);
    check_file(number, MapWalk::Claim::doubtful);
  }
  check_second_names();
  contents_.used = claims_.extents();
  for (Extent extent : contents_.used) contents_.used_blocks += extent.blocks;
  return std::move(contents_);
}

void RegionCheck::check_superblocks() {
  if (superblock_is_damaged(region_, 0)) {
    found(ProblemKind::superblock, "block 0", "the superblock is damaged",
          "is written again from its copy");
  }
  if (superblock_is_damaged(region_, region_.blocks() - 1)) {
    found(ProblemKind::superblock, fmt::format("block {}", region_.blocks() - 1),
          "the copy of the superblock is damaged", "is written again from the superblock");
  }
}

void RegionCheck::check_log() {
  if (state_of_log(region_) != LogState::damaged) return;
  found(ProblemKind::log, fmt::format("block {}", region_.superblock().log_block),
        "the redo log holds a record that is not as it was written",
        "is dropped; the last atomic write may be half done");
}

void RegionCheck::check_name(uint32_t number) {
  const Inode& inode = region_.inodes()[number];
  if (name_in(inode).size() <= max_name_bytes && inode.name_checksum != checksum_of_name(inode)) {
    found(ProblemKind::inode_name, file_text(inode, number), "the name and its checksum differ",
          fmt::format("keeps its name, or becomes 'lost-{}' if it cannot; nothing is kept if it "
                      "holds nothing",
                      number));
  } else {
    found(ProblemKind::inode_name, file_text(inode, number), "no file can have this name",
          fmt::format("becomes 'lost-{}', or nothing if it holds nothing", number));
  }
}

void RegionCheck::check_second_names() {
  if (contents_.files < 2) return;
  for (uint32_t number : second_of_name(region_)) {
    found(ProblemKind::name_twice, file_text(region_.inodes()[number], number),
          "another file has this name", fmt::format("becomes 'lost-{}'", number));
  }
}

void RegionCheck::check_file(uint32_t number, MapWalk::Claim claim) {
  Inode& inode = region_.inodes()[number];
  uint64_t pages = max_file_pages;
  if (size_is_possible(inode)) {
    pages = pages_of(inode);
  } else {
    const bool intact = is_intact(inode.size_bytes);
    found(ProblemKind::file_size, file_text(inode, number),
          intact ? fmt::format("{} bytes are more than a file can have", value_of(inode.size_bytes))
                 : fmt::format("the size is damaged ({:#x})", inode.size_bytes),
          "is put right if one byte of it is wrong; else becomes a size that covers all pages");
  }
  walked_ = number;
  const MapSummary map = walk_.walk(inode, pages, claim);
  if (map.blocks_past_end == 0) return;
  contents_.blocks_past_end += map.blocks_past_end;
  contents_.inodes_past_end.push_back(number);
}

void RegionCheck::found(ProblemKind kind, std::string where, std::string what, std::string remedy) {
  ++contents_.problems;
  report_({kind, std::move(where), std::move(what), std::move(remedy)});
}

// Names that are equal follow each other, in the order of their inodes.
bool name_comes_before(const Inode& one, const Inode& other) {
  if (one.name_checksum != other.name_checksum) return one.name_checksum < other.name_checksum;
  const int order = std::memcmp(one.name, other.name, sizeof one.name);
  return order != 0 ? order < 0 : &one < &other;
}

}  // namespace

const char* name_of(ProblemKind kind) noexcept {
  switch (kind) {
    case ProblemKind::superblock:
      return "superblock";
    case ProblemKind::log:
      return "log";
    case ProblemKind::inode_name:
      return "inode_name";
    case ProblemKind::name_twice:
      return "name_twice";
    case ProblemKind::file_size:
      return "file_size";
    case ProblemKind::map_root:
      return "map_root";
    case ProblemKind::map_entry:
      return "map_entry";
    case ProblemKind::block_shared:
      return "block_shared";
    case ProblemKind::bad_block:
      return "bad_block";
  }
  return "?";
}

RegionContents check_region(const Region& region,
                            const std::function<void(const Problem&)>& report) {
  return RegionCheck(region, report).run();
}

bool superblock_is_damaged(const Region& region, uint64_t block) {
  if (region.is_poisoned(block)) return false;
  return std::memcmp(&region.superblock_at(block), &region.superblock(), sizeof(Superblock)) != 0;
}

bool name_is_intact(const Inode& inode) {
  if (inode.name_checksum != checksum_of_name(inode)) return false;
  const std::string_view name = name_in(inode);
  return check_name(name).ok() &&
         std::all_of(inode.name + name.size(), std::end(inode.name), [](char c) { return c == 0; });
}

bool size_is_possible(const Inode& inode) {
  return is_intact(inode.size_bytes) && value_of(inode.size_bytes) <= max_file_bytes;
}

uint64_t pages_of(const Inode& inode) {
  return (value_of(inode.size_bytes) + page_bytes - 1) / page_bytes;
}

std::vector<uint32_t> second_of_name(const Region& region) {
  const Inode* inodes = region.inodes();
  std::vector<uint32_t> named;
  for (uint32_t number = 0; number < region.inode_count(); ++number) {
    if (is_taken(inodes[number]) && name_is_intact(inodes[number])) named.push_back(number);
  }
  std::sort(named.begin(), named.end(), [&](uint32_t one, uint32_t other) {
    return name_comes_before(inodes[one], inodes[other]);
  });
  std::vector<uint32_t> second;
  for (size_t i = 1; i < named.size(); ++i) {
    if (name_in(inodes[named[i]]) == name_in(inodes[named[i - 1]])) second.push_back(named[i]);
  }
  std::sort(second.begin(), second.end());
  return second;
}

}  // namespace daxlab
