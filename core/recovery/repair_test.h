// A region of two files that tests damage and repair.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "core/recovery/damaged_image.h"

namespace daxlab {

class RepairTest : public testing::Test {
 protected:
  Counters counters_;
  ImageBuilder image_{64};
  Region& region_ = image_.region();
  uint32_t a_ = image_.add_file("data-a", 6 * page_bytes);
  uint32_t b_ = image_.add_file("data-b", 3 * page_bytes + 1);
  std::map<std::string, FileContents> before_;
  std::vector<Problem> reported_;

  void SetUp() override {
    for (uint64_t pgoff : {0u, 1u, 5u}) image_.add_page(a_, pgoff);
    for (uint64_t pgoff : {2u, 3u}) image_.add_page(b_, pgoff);
    before_ = files_in(region_);
  }
  RepairResult repair() {
    reported_.clear();
    return repair_region(region_, [this](const Problem& problem) { reported_.push_back(problem); });
  }
  // Mends all; afterwards the region can be used, and a second run finds nothing.
  std::map<std::string, FileContents> repaired(uint64_t problems) {
    RepairResult result = repair();
    EXPECT_EQ(result.left, 0u);
    EXPECT_EQ(result.problems, problems);
    EXPECT_EQ(reported_.size(), problems);
    for (const Problem& problem : reported_) EXPECT_FALSE(problem.remedy.empty()) << problem.what;
    std::vector<Problem> reported = reported_;
    EXPECT_TRUE(problems_of(region_).empty());
    EXPECT_EQ(repair().problems, 0u);
    reported_ = reported;
    EXPECT_TRUE(recover(region_).ok());
    return files_in(region_);
  }
  void rename_raw(uint32_t number, std::string_view name) {
    Inode& inode = image_.inode(number);
    std::memset(inode.name, 0, sizeof inode.name);
    std::memcpy(inode.name, name.data(), name.size());
    inode.name_checksum = checksum_of_name(inode);
  }
};

}  // namespace daxlab
