#include "harness/commands/distinct_files.h"

#include <gmock/gmock.h>

#include <fstream>

#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class DistinctFilesTest : public testing::Test {
 protected:
  DistinctFilesTest() : folder_(ScratchFolder::make(fs::temp_directory_path()).take()) {}
  fs::path path(const std::string& name) const { return folder_.path() / name; }
  void make(const std::string& name) const { std::ofstream(path(name)) << "text"; }
  std::string refusal(const std::string& name) {
    const auto error = files_.add_written(path(name), "the file of --b", "--b ");
    return error ? error->message : "";
  }

  ScratchFolder folder_;
  DistinctFiles files_;
};

TEST_F(DistinctFilesTest, TwoThatAreTwoAreFine) {
  make("there");
  files_.add_read(path("there"), "a config");
  files_.add_read(path("there"), "a config");
  EXPECT_EQ(refusal("a"), "");
  EXPECT_EQ(refusal("b"), "");
}

TEST_F(DistinctFilesTest, OneThatIsReadIsNotWritten) {
  make("there");
  fs::create_hard_link(path("there"), path("hard"));
  files_.add_read(path("there"), "a config");
  EXPECT_EQ(refusal("hard"),
            "--b " + path("hard").string() + ": is also a config; name another file");
}

TEST_F(DistinctFilesTest, OneThatIsNotThereYetIsKnownByItsFolder) {
  fs::create_directory(path("folder"));
  fs::create_directory_symlink("folder", path("same"));
  fs::create_symlink("folder/new", path("link"));
  EXPECT_EQ(refusal("folder/new"), "");
  EXPECT_THAT(refusal("same/new"), HasSubstr("is also the file of --b"));
  EXPECT_THAT(refusal("link"), HasSubstr("is also the file of --b"));
  EXPECT_EQ(refusal("new"), "");  // of another folder
}

TEST_F(DistinctFilesTest, WhatCannotBeFoundIsSaidOfWhatIsWritten) {
  files_.add_read(path("no/file"), "a config");  // whoever reads it says so
  EXPECT_THAT(refusal("no/file"), testing::StartsWith("--b " + path("no/file").string()));
}

}  // namespace
}  // namespace daxlab
