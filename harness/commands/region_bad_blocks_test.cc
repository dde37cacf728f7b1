// The region commands on a region with bad blocks.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "core/base/json.h"
#include "core/recovery/damaged_image.h"
#include "harness/commands/command.h"
#include "harness/commands/region_commands.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

class CommandsOnBadBlocks : public testing::Test {
 protected:
  CommandsOnBadBlocks()
      : folder_(ScratchFolder::make(testing::TempDir()).take()),
        path_(folder_.path() / "lab.pmem") {}

  void SetUp() override {
    ImageBuilder image(64);
    const Region& region = image.region();
    image.add_file("data", 2 * page_bytes);
    free_block_ = region.end_data_block() - 1;
    const std::span<const std::byte> bytes = region.medium().bytes();
    std::ofstream stream(path_, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    ASSERT_TRUE(stream.flush().good());
  }
  void list(uint64_t block) {
    std::ofstream(path_.string() + ".badblocks", std::ios::app) << block * 8 << " 8\n";
  }
  template <class Run>
  std::string output_of(int exit_status, Run run) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run(), exit_status);
    return testing::internal::GetCapturedStdout();
  }
  Json info() {
    return json_or_null(output_of(exit_passed, [&] { return run_region_info(path_, true); }));
  }
  Json fsck(int exit_status, bool repair) {
    return json_or_null(output_of(exit_status, [&] {
      return run_region_fsck({.path = path_, .repair = repair, .json = true});
    }));
  }

  ScratchFolder folder_;
  std::filesystem::path path_;
  uint64_t free_block_ = 0;
};

TEST_F(CommandsOnBadBlocks, SayThereAreNone) {
  EXPECT_EQ(info()["bad_blocks"], Json::list());
  EXPECT_EQ(fsck(exit_passed, false)["problems_left"], 0);
}

TEST_F(CommandsOnBadBlocks, ListThemAndWhatTheyHeld) {
  const uint64_t free_before = info()["free_blocks"].as_unsigned().value();
  list(0);
  list(1);
  list(free_block_);
  const Json said = info();
  ASSERT_EQ(said["bad_blocks"].size(), 3u) << said.dump();
  EXPECT_EQ(said["bad_blocks"][0]["where"], "the superblock");
  EXPECT_EQ(said["bad_blocks"][1]["where"], "the redo log");
  EXPECT_EQ(said["bad_blocks"][2]["where"], "free");
  EXPECT_EQ(said["bad_blocks"][2]["block"], free_block_);
  EXPECT_EQ(said["free_blocks"], free_before - 1);
  const std::string text = output_of(exit_passed, [&] { return run_region_info(path_, false); });
  EXPECT_NE(text.find("bad blocks  3\n"), std::string::npos) << text;
}

TEST_F(CommandsOnBadBlocks, NameThemAsProblemsThatNothingMends) {
  list(free_block_);
  for (bool repair : {false, true}) {
    const Json said = fsck(exit_failed, repair);
    ASSERT_EQ(said["problems"].size(), 1u) << said.dump();
    EXPECT_EQ(said["problems"][0]["kind"], "bad_block");
    EXPECT_EQ(said["problems"][0]["where"], "block " + std::to_string(free_block_) + " (free)");
    EXPECT_FALSE(said["problems"][0].contains("remedy"));
    EXPECT_EQ(said["problems_left"], 1);
  }
}

TEST_F(CommandsOnBadBlocks, RefuseAListThatMeansNothing) {
  std::ofstream(path_.string() + ".badblocks") << "8 8\nnothing\n";
  testing::internal::CaptureStderr();
  EXPECT_EQ(run_region_info(path_, false), exit_usage);
  EXPECT_EQ(run_region_fsck({.path = path_, .repair = false, .json = false}), exit_usage);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(".badblocks:2: 'nothing'"), std::string::npos) << said;
}

}  // namespace
}  // namespace daxlab
