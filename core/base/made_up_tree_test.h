// For tests: a made-up tree of proc and sys files.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace daxlab {

class MadeUpTree : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "daxlab_tree_XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    root_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  void write(const std::string& path, const std::string& contents) const {
    std::filesystem::create_directories((root_ / path).parent_path());
    std::ofstream stream(root_ / path);
    stream << contents;
    ASSERT_TRUE(stream.flush().good());
  }
  void make_folder(const std::string& path) const {
    std::filesystem::create_directories(root_ / path);
  }
  // Control groups of version 2 at sys/fs/cgroup, and this process in `group`.
  void mount_version_2(const std::string& group) const {
    write("proc/self/cgroup", "0::" + group + "\n");
    write("proc/self/mountinfo",
          "30 22 0:27 / /sys/fs/cgroup rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");
    make_folder("sys/fs/cgroup" + group);
  }

  std::filesystem::path root_;
};

}  // namespace daxlab
