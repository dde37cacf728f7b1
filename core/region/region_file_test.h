// A folder for region files, and what is said of the one in it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "core/region/region_file.h"

namespace daxlab {

namespace fs = std::filesystem;
inline constexpr uint64_t small_bytes = min_region_bytes;

class RegionFiles : public testing::Test {
 protected:
  RegionFiles() {
    std::string pattern = testing::TempDir() + "daxlab_region_file_XXXXXX";
    EXPECT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ / "lab.pmem";
  }
  ~RegionFiles() override {
    std::error_code ignored;  // what stays is in a folder for temporary files
    fs::remove_all(folder_, ignored);
  }

  ErrorOr<std::unique_ptr<Region>> open(CreateRegion create, uint64_t size_bytes = small_bytes,
                                        bool force = false) {
    return open_region_file(
        {.path = path_, .size_bytes = size_bytes, .create = create, .force = force}, counters_);
  }
  // "" when there is none.
  std::string error_of(CreateRegion create, uint64_t size_bytes = small_bytes, bool force = false) {
    auto region = open(create, size_bytes, force);
    return region.ok() ? "" : region.error().message;
  }
  std::string error_of_reading() {
    auto region = read_region_file(path_, counters_);
    return region.ok() ? "" : region.error().message;
  }
  // The path, and what the message must name besides.
  void expect_says(const std::string& message, const std::string& what) {
    EXPECT_TRUE(message.starts_with(path_.string() + ": ")) << message;
    EXPECT_NE(message.find(what), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
  void write(const std::string& text) { std::ofstream(path_, std::ios::binary) << text; }
  std::string contents() const {
    std::ifstream stream(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  std::string uuid_of_made(uint64_t size_bytes = small_bytes) {
    auto region = open(CreateRegion::always, size_bytes);
    EXPECT_TRUE(region.ok()) << region.error().message;
    return region.ok() ? uuid_text(region.value()->superblock()) : "";
  }
  std::string uuid_there() {
    auto region = open(CreateRegion::never, 0);
    EXPECT_TRUE(region.ok()) << region.error().message;
    return region.ok() ? uuid_text(region.value()->superblock()) : "";
  }

  fs::path folder_, path_;
  Counters counters_;
};

}  // namespace daxlab
