#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "harness/config/config_loader.h"
#include "harness/config/yaml_reader.h"

namespace daxlab {
namespace {

class ConfigFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "config_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(const std::string& text) const {
    std::ofstream(folder_ / "t.yaml", std::ios::binary) << text;
    return folder_ / "t.yaml";
  }

  std::filesystem::path folder_;
};

TEST_F(ConfigFile, IsReadByteForByte) {
  const std::string text("a\r\n\0b", 5);
  const ErrorOr<std::string> read = read_config_file(write(text));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value(), text);
}

TEST_F(ConfigFile, EmptyFileIsEmptyText) {
  const ErrorOr<std::string> read = read_config_file(write(""));
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value(), "");
}

TEST_F(ConfigFile, MissingFileIsNamed) {
  const ErrorOr<std::string> read = read_config_file(folder_ / "none.yaml");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message,
            (folder_ / "none.yaml").string() +
                ": cannot open: No such file or directory; expected a YAML file");
}

TEST_F(ConfigFile, FolderIsRefused) {
  const ErrorOr<std::string> read = read_config_file(folder_);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, folder_.string() + ": is a folder; expected a YAML file");
}

TEST_F(ConfigFile, SizeIsLimited) {
  EXPECT_TRUE(read_config_file(write(std::string(max_yaml_bytes, '#'))).ok());
  const ErrorOr<std::string> read = read_config_file(write(std::string(max_yaml_bytes + 1, '#')));
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message, (folder_ / "t.yaml").string() +
                                      ": larger than 1048576 bytes, the most a config may have");
}

TEST_F(ConfigFile, EndlessFileIsRefused) {
  const ErrorOr<std::string> read = read_config_file("/dev/zero");
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().message,
            "/dev/zero: larger than 1048576 bytes, the most a config may have");
}

}  // namespace
}  // namespace daxlab
