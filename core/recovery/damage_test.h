// A small region with a bit of everything in it, to be damaged byte by byte or at random.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/recovery/damaged_image.h"

namespace daxlab {

inline constexpr uint64_t damaged_image_blocks = 20;

enum class LogOnImage { idle, committed };

// Two files and the remains of a third, whose blocks one of them has by now. What a crash left past
// an end; an inner node; and, if asked for, a record that is still to be replayed.
class DamageTest : public testing::TestWithParam<LogOnImage> {
 protected:
  Counters counters_;
  ImageBuilder image_{damaged_image_blocks};
  Region& region_ = image_.region();
  uint32_t a_ = 0, b_ = 0, removed_ = 0;
  ImageMemory whole_{damaged_image_blocks};
  ImageMemory memory_{damaged_image_blocks};
  std::map<std::string, FileContents> expected_;
  std::vector<Extent> expected_used_;

  void SetUp() override {
    removed_ = image_.add_file("data-c", 2 * page_bytes);
    a_ = image_.add_file("data-a", 3 * page_bytes);
    b_ = image_.add_file("data-b", 600 * page_bytes);
    const uint64_t page_of_removed = image_.add_page(removed_, 0);
    image_.inode(removed_).name_checksum = 0;
    for (uint64_t pgoff : {0u, 2u, 3u}) image_.add_page(a_, pgoff);
    for (uint64_t pgoff : {1u, 512u}) image_.add_page(b_, pgoff);
    image_.entry(a_, 1) = seal(page_of_removed);
    if (GetParam() == LogOnImage::committed) commit_half_of_a_write();
    whole_.copy_from(image_.memory());
    memory_.copy_from(whole_);
    auto region = Region::attach(memory_.medium(), counters_).take();
    auto recovery = recover(*region);
    ASSERT_TRUE(recovery.ok()) << recovery.error().message;
    expected_ = files_in(*region);
    expected_used_ = recovery.value().used;
    memory_.copy_from(whole_);
  }

  // An atomic write to the second file: half of its changes were made.
  void commit_half_of_a_write() {
    uint64_t* leaf = region_.words_of(value_of(image_.entry(b_, 0)));
    const uint64_t fresh = image_.take_block();
    image_.commit_record(
        {{image_.offset_of(leaf[1]), seal(fresh)},
         {image_.offset_of(image_.inode(b_).size_bytes), seal(600 * page_bytes + 5)}});
    leaf[1] = seal(fresh);
  }
  std::unique_ptr<Region> attached() {
    auto region = Region::attach(memory_.medium(), counters_);
    return region.ok() ? region.take() : nullptr;
  }

  struct Part {
    uint64_t offset_bytes;
    uint64_t length_bytes;
    std::string file;  // that damage here may change; empty: none
    bool in_use;       // bytes of it mean something now
  };
  std::vector<Part> superblocks_and_log();
  std::vector<Part> inodes();
  std::vector<Part> maps();
  void damage_every_byte_of(const std::vector<Part>& parts);
  void add_map(std::vector<Part>& parts, uint64_t node, uint64_t height);
  void damage_byte(const Part& part, uint64_t offset_bytes, std::byte value, bool mend);
  void fill_up();
  void expect_as_expected(Region& region, const Recovery& recovery);
  void expect_repaired(Region& region, const std::string& but);

  uint64_t noticed_ = 0;
  uint64_t harmless_ = 0;
  uint64_t repaired_ = 0;
};

}  // namespace daxlab
