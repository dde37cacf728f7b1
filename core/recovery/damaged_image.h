// Small regions in memory for tests: built, copied, damaged, and looked at again.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/recovery/recovery.h"
#include "core/recovery/region_check.h"
#include "core/recovery/repair.h"
#include "core/region/block_map.h"
#include "core/region/checked_word.h"
#include "core/region/checksum.h"
#include "core/region/inode_table.h"
#include "core/region/redo_log.h"
#include "core/region/region.h"

namespace daxlab {

// Memory that a region can lie in.
class ImageMemory {
 public:
  explicit ImageMemory(uint64_t blocks) : lines_(blocks * block_bytes / sizeof(Line)) {}
  std::span<std::byte> bytes() { return std::as_writable_bytes(std::span(lines_)); }
  Medium medium() { return Medium::over(bytes()); }
  void copy_from(const ImageMemory& other) { lines_ = other.lines_; }

 private:
  struct alignas(64) Line {
    std::byte bytes[64];
  };
  std::vector<Line> lines_;
};

// A file as recovery leaves it.
struct FileContents {
  uint64_t size_bytes = 0;
  std::map<uint64_t, uint64_t> blocks;  // by page
  std::map<uint64_t, uint64_t> data;    // checksum of each page
  friend bool operator==(const FileContents&, const FileContents&) = default;
};

inline std::map<std::string, FileContents> files_in(Region& region) {
  std::map<std::string, FileContents> files;
  InodeTable inodes(region);
  for (uint32_t number : inodes.taken()) {
    BlockMap map(region, inodes.inode(number));
    FileContents file{.size_bytes = inodes.size_bytes(number), .blocks = {}, .data = {}};
    for (uint64_t pgoff = map.next_block({0, max_file_pages}); pgoff < max_file_pages;
         pgoff = map.next_block({pgoff + 1, max_file_pages - pgoff - 1})) {
      const uint64_t block = map.find(pgoff);
      file.blocks[pgoff] = block;
      file.data[pgoff] = checksum_of({region.address_of(block), block_bytes});
    }
    files[std::string(name_in(inodes.inode(number)))] = file;
  }
  return files;
}

// A region that is being made; blocks are taken in order.
class ImageBuilder : public NodeSource {
 public:
  explicit ImageBuilder(uint64_t blocks)
      : memory_(blocks), region_(Region::format(memory_.medium(), counters_).take()) {
    next_ = region_->first_data_block();
    inodes_ = std::make_unique<InodeTable>(*region_);
  }
  Region& region() { return *region_; }
  const ImageMemory& memory() const { return memory_; }
  InodeTable& inodes() { return *inodes_; }
  Inode& inode(uint32_t number) { return region_->inodes()[number]; }
  const Counters& counters() const { return counters_; }

  Result<uint64_t> take_node() noexcept override { return take_block(); }
  uint64_t take_block() { return next_++; }

  uint32_t add_file(std::string_view name, uint64_t size_bytes) {
    const uint32_t number = inodes_->create(name).value();
    inodes_->set_size(number, size_bytes);
    return number;
  }
  // Fills a block of its own for the page, unlike any other.
  uint64_t add_page(uint32_t number, uint64_t pgoff) {
    const uint64_t block = take_block();
    for (uint64_t i = 0; i < map_fanout; ++i) {
      region_->words_of(block)[i] = (block << 32 | i) * check_factor | 1;
    }
    uint64_t published = 0;
    EXPECT_TRUE(
        BlockMap(*region_, inode(number)).publish(pgoff, {block, 1}, *this, &published).ok());
    return block;
  }
  // A record of the log that is to be replayed.
  void commit_record(const std::vector<LogWord>& words) {
    LogHeader& header = region_->log();
    header.words = words.size();
    std::copy(words.begin(), words.end(), reinterpret_cast<LogWord*>(&header + 1));
    const auto* from = reinterpret_cast<const std::byte*>(&header.words);
    header.commit = checksum_of({from, sizeof header - 8 + words.size() * sizeof(LogWord)});
  }
  // Where a word of the region is, in bytes from its start.
  uint64_t offset_of(const uint64_t& word) {
    return static_cast<uint64_t>(reinterpret_cast<const std::byte*>(&word) -
                                 region_->address_of(0));
  }
  uint64_t root_of(uint32_t number) { return value_of(inode(number).map_root) >> map_height_bits; }
  // In the file's root node.
  uint64_t& entry(uint32_t number, uint64_t index) {
    return region_->words_of(root_of(number))[index];
  }
  static uint64_t root_word(uint64_t block, uint64_t height) {
    return seal(block << map_height_bits | height);
  }

 private:
  Counters counters_;
  ImageMemory memory_;
  std::unique_ptr<Region> region_;
  std::unique_ptr<InodeTable> inodes_;
  uint64_t next_ = 0;
};

// Keeps what memory may hold if power fails while it watches: with every store that was made, and
// at every fence with none, or some, of the lines that were on their way.
class CrashStates : public PersistObserver {
 public:
  explicit CrashStates(std::span<std::byte> bytes)
      : bytes_(bytes), durable_(bytes.begin(), bytes.end()) {}
  const std::vector<std::vector<std::byte>>& images() const { return images_; }
  // What is there for certain.
  const std::vector<std::byte>& durable() const { return durable_; }

 private:
  void word_stored(const uint64_t*, SourceLocation) noexcept override { keep_all(); }
  void bytes_stored(const std::byte*, uint64_t, SourceLocation) noexcept override { keep_all(); }
  void flushed(const std::byte* from, uint64_t length_bytes, SourceLocation) noexcept override {
    const auto start = static_cast<uint64_t>(from - bytes_.data());
    for (uint64_t line = start / 64; line < (start + length_bytes + 63) / 64; ++line) {
      const std::byte* at = bytes_.data() + line * 64;
      on_their_way_[line].assign(at, at + 64);
    }
  }
  void fenced(SourceLocation) noexcept override {
    images_.push_back(durable_);
    for (uint64_t odd : {0u, 1u}) {
      images_.push_back(durable_);
      uint64_t i = odd;
      for (const auto& [line, content] : on_their_way_) {
        if (i++ % 2 == 0) std::ranges::copy(content, images_.back().begin() + place(line));
      }
    }
    for (const auto& [line, content] : on_their_way_) {
      std::ranges::copy(content, durable_.begin() + place(line));
    }
    on_their_way_.clear();
  }
  void keep_all() { images_.emplace_back(bytes_.begin(), bytes_.end()); }
  static long place(uint64_t line) { return static_cast<long>(line * 64); }

  std::span<std::byte> bytes_;
  std::vector<std::byte> durable_;
  std::map<uint64_t, std::vector<std::byte>> on_their_way_;
  std::vector<std::vector<std::byte>> images_;
};

inline std::vector<Problem> problems_of(const Region& region) {
  std::vector<Problem> problems;
  check_region(region, [&](const Problem& problem) { problems.push_back(problem); });
  return problems;
}

}  // namespace daxlab
