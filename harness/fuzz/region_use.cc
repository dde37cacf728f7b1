#include "harness/fuzz/region_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/recovery/region_check.h"
#include "core/region/block_map.h"
#include "core/region/inode_table.h"
#include "core/region/redo_log.h"

namespace daxlab {
namespace {

std::string text_of(const std::vector<Extent>& extents) {
  std::string text;
  for (Extent extent : extents) text += fmt::format(" {}+{}", extent.block, extent.blocks);
  return text;
}

// Sorted, and neighbours made one. A block that is there twice stays twice.
std::vector<Extent> joined(std::vector<Extent> extents) {
  std::sort(extents.begin(), extents.end(),
            [](Extent one, Extent other) { return one.block < other.block; });
  std::vector<Extent> result;
  for (Extent extent : extents) {
    if (!result.empty() && result.back().end() == extent.block) {
      result.back().blocks += extent.blocks;
    } else {
      result.push_back(extent);
    }
  }
  return result;
}

constexpr uint64_t far_pgoff = max_file_pages - 2;

// Blocks that are free, from the first on.
class FreeBlocks final : public NodeSource {
 public:
  FreeBlocks(const Region& region, const std::vector<Extent>& used) {
    uint64_t next = region.first_data_block();
    for (Extent extent : used) {
      for (; next < extent.block; ++next) free_.push_back(next);
      next = extent.end();
    }
    for (; next < region.end_data_block(); ++next) free_.push_back(next);
  }

  Result<uint64_t> take_node() noexcept override {
    if (free_.empty()) return ErrorCode::no_space;
    const uint64_t block = free_.back();
    free_.pop_back();
    return block;
  }
  void give_back(uint64_t block) { free_.push_back(block); }

 private:
  std::vector<uint64_t> free_;
};

class Changes {
 public:
  Changes(Region& region, const std::vector<Extent>& used)
      : region_(region), log_(region), inodes_(region), free_(region, used) {}

  std::optional<std::string> run();

 private:
  std::optional<std::string> check(const char* what, std::initializer_list<Status> outcomes);
  Status create();
  Status add_page(uint32_t number, uint64_t near_pgoff);
  Status add_page_by_log(uint32_t number);
  Status punch_first_block(uint32_t number);
  Status truncate(uint32_t number);
  Status remove(uint32_t number);
  void cover(uint32_t number, uint64_t pgoff);

  Region& region_;
  RedoLog log_;
  InodeTable inodes_;
  FreeBlocks free_;
};

std::optional<std::string> Changes::run() {
  if (auto wrong = check("create", {create()})) return wrong;
  std::vector<uint32_t> files = inodes_.taken();
  if (files.size() > 3) files.erase(files.begin() + 2, files.end() - 1);  // the new one stays
  for (uint32_t number : files) {
    const auto wrong = check("add and punch", {add_page(number, 0), add_page(number, far_pgoff),
                                               add_page_by_log(number), punch_first_block(number)});
    if (wrong) return wrong;
  }
  if (files.empty()) return std::nullopt;
  return check("truncate and remove", {truncate(files.front()), remove(files.back())});
}

std::optional<std::string> Changes::check(const char* what,
                                          std::initializer_list<Status> outcomes) {
  for (Status status : outcomes) {
    if (status.ok() || status.code() == ErrorCode::no_space || status.code() == ErrorCode::exists) {
      continue;
    }
    return fmt::format("{} on the recovered region: {}", what, describe(status.code()));
  }
  auto wrong = find_unclean(region_);
  if (wrong) return fmt::format("after {} on the recovered region: {}", what, *wrong);
  return std::nullopt;
}

Status Changes::create() { return inodes_.create("made after recovery").status(); }

// The size first: a page past the end would be no mistake, but recovery's to free.
void Changes::cover(uint32_t number, uint64_t pgoff) {
  const uint64_t needed_bytes = (pgoff + 1) * page_bytes;
  if (inodes_.size_bytes(number) < needed_bytes) inodes_.set_size(number, needed_bytes);
}

// At the first hole from there on.
Status Changes::add_page(uint32_t number, uint64_t near_pgoff) {
  BlockMap map(region_, inodes_.inode(number));
  uint64_t pgoff = near_pgoff;
  while (pgoff < max_file_pages && map.find(pgoff) != 0) ++pgoff;
  if (pgoff == max_file_pages) return ErrorCode::no_space;
  Result<uint64_t> block = free_.take_node();
  if (!block.ok()) return block.status();
  region_.persist().zero(region_.address_of(block.value()), block_bytes);
  cover(number, pgoff);
  uint64_t published = 0;
  const Status status = map.publish(pgoff, {block.value(), 1}, free_, &published);
  if (published == 0) free_.give_back(block.value());
  return status;
}

// In place of the first page's block, or where there is none: as an atomic write would.
Status Changes::add_page_by_log(uint32_t number) {
  BlockMap map(region_, inodes_.inode(number));
  Result<uint64_t> block = free_.take_node();
  if (!block.ok()) return block.status();
  region_.persist().zero(region_.address_of(block.value()), block_bytes);
  Result<uint64_t*> entry = map.entry_for(0, free_);
  if (!entry.ok()) {
    free_.give_back(block.value());
    return entry.status();
  }
  const uint64_t replaced = map.find(0);
  const uint64_t size_bytes = std::max(inodes_.size_bytes(number), page_bytes);
  const std::array<WordChange, 2> changes = {
      WordChange{entry.value(), BlockMap::entry_word(block.value())},
      inodes_.size_change(number, size_bytes)};
  const Status status = log_.commit(changes);
  if (replaced != 0) free_.give_back(replaced);
  return status;
}

Status Changes::punch_first_block(uint32_t number) {
  BlockMap map(region_, inodes_.inode(number));
  const uint64_t pgoff = map.next_block({0, max_file_pages});
  if (pgoff == max_file_pages) return {};
  std::vector<Extent> removed;
  map.clear({pgoff, 1}, removed);
  for (Extent extent : removed) {
    for (uint64_t block = extent.block; block < extent.end(); ++block) free_.give_back(block);
  }
  return {};
}

Status Changes::truncate(uint32_t number) {
  inodes_.set_size(number, 1);
  std::vector<Extent> removed;
  BlockMap(region_, inodes_.inode(number)).clear({1, max_file_pages - 1}, removed);
  return {};
}

Status Changes::remove(uint32_t number) {
  const std::string name(name_in(inodes_.inode(number)));
  if (Status status = inodes_.remove_name(name).status(); !status.ok()) return status;
  std::vector<Extent> removed;
  BlockMap(region_, inodes_.inode(number)).clear({0, max_file_pages}, removed);
  inodes_.release(number);
  return {};
}

// Every block of the file, and that its pages end where the file does.
std::optional<std::string> read_file(Region& region, const InodeTable& inodes, uint32_t number) {
  BlockMap map(region, inodes.inode(number));
  const uint64_t pages = (inodes.size_bytes(number) + page_bytes - 1) / page_bytes;
  for (uint64_t pgoff = 0; pgoff < max_file_pages;) {
    const Extent extent = map.find_extent({pgoff, max_file_pages - pgoff});
    if (extent.blocks == 0) return fmt::format("inode {}: nothing at page {}", number, pgoff);
    if (extent.is_hole()) {
      pgoff += extent.blocks;
      continue;
    }
    if (pgoff + extent.blocks > pages) {
      return fmt::format("inode {}: page {} has a block, the file ends before", number, pages);
    }
    for (uint64_t block = extent.block; block < extent.end(); ++block) {
      if (!region.holds_data(block)) return fmt::format("inode {}: block {}", number, block);
      const volatile uint64_t* words = region.words_of(block);
      for (uint64_t i = 0; i < block_bytes / 8; ++i) static_cast<void>(words[i]);
    }
    pgoff += extent.blocks;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> read_all_files(Region& region, const std::vector<Extent>& used) {
  const InodeTable inodes(region);
  std::vector<Extent> collected;
  for (uint32_t number : inodes.taken()) {
    const Inode& inode = inodes.inode(number);
    const Result<uint32_t> found = inodes.find(name_in(inode));
    if (!found.ok() || found.value() != number) {
      return fmt::format("inode {} is not found by its name", number);
    }
    if (auto wrong = read_file(region, inodes, number)) return wrong;
    BlockMap(region, inodes.inode(number)).collect(collected);
  }
  collected = joined(std::move(collected));
  if (collected == used) return std::nullopt;
  return fmt::format("recovery says that in use are{}, the files use{}", text_of(used),
                     text_of(collected));
}

std::optional<std::string> change_files(Region& region, const std::vector<Extent>& used) {
  return Changes(region, used).run();
}

std::optional<std::string> find_unclean(const Region& region, const std::vector<Extent>* used) {
  std::optional<std::string> wrong;
  const RegionContents contents = check_region(region, [&](const Problem& problem) {
    if (!wrong) wrong = fmt::format("{}: {}", problem.where, problem.what);
  });
  if (wrong) return wrong;
  if (contents.problems != 0) return fmt::format("{} problems, none said", contents.problems);
  if (contents.blocks_past_end != 0) {
    return fmt::format("{} blocks lie past the ends of files", contents.blocks_past_end);
  }
  if (state_of_log(region) != LogState::idle) return "the log is not idle";
  if (used != nullptr && contents.used != *used) {
    return fmt::format("recovery says that in use are{}, the check says{}", text_of(*used),
                       text_of(contents.used));
  }
  return std::nullopt;
}

}  // namespace daxlab
