// The region commands on what a crash, a newer program or an enemy left.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/base/json.h"
#include "core/recovery/damaged_image.h"
#include "harness/commands/bus_error_exit.h"
#include "harness/commands/command.h"
#include "harness/commands/region_commands.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

class RegionCommands : public testing::Test {
 protected:
  RegionCommands()
      : folder_(ScratchFolder::make(testing::TempDir()).take()),
        path_(folder_.path() / "lab.pmem") {}

  void save(ImageBuilder& image) {
    const std::span<const std::byte> bytes = image.region().medium().bytes();
    std::ofstream stream(path_, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    ASSERT_TRUE(stream.flush().good());
  }
  std::string bytes() const {
    std::ifstream stream(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  Json fsck(int exit_status, bool repair) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_region_fsck({.path = path_, .repair = repair, .json = true}), exit_status);
    return json_or_null(testing::internal::GetCapturedStdout());
  }
  std::string fsck_text(int exit_status, bool repair) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_region_fsck({.path = path_, .repair = repair, .json = false}), exit_status);
    return testing::internal::GetCapturedStdout();
  }
  Json info() {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_region_info(path_, true), exit_passed);
    return json_or_null(testing::internal::GetCapturedStdout());
  }

  ScratchFolder folder_;
  std::filesystem::path path_;
};

// A file of two pages, with one more block behind its end, and a log that makes it longer by a
// page.
void add_what_a_crash_left(ImageBuilder& image) {
  const uint32_t number = image.add_file("data", 2 * page_bytes);
  for (uint64_t pgoff : {0u, 1u, 2u, 7u}) image.add_page(number, pgoff);
  Region& region = image.region();
  LogHeader& header = region.log();
  const WordChange change = image.inodes().size_change(number, 3 * page_bytes);
  auto* base = reinterpret_cast<uint64_t*>(region.address_of(0));
  *reinterpret_cast<LogWord*>(&header + 1) = {
      static_cast<uint64_t>(change.at - base) * sizeof(uint64_t), change.value};
  header.words = 1;
  const auto* from = reinterpret_cast<const std::byte*>(&header.words);
  header.commit = checksum_of({from, sizeof header - sizeof header.commit + sizeof(LogWord)});
}

TEST_F(RegionCommands, WhatACrashLeftIsNoProblem) {
  ImageBuilder image(64);
  add_what_a_crash_left(image);
  save(image);
  const std::string before = bytes();
  const Json shown = info();
  EXPECT_EQ(shown["log"], "committed");
  EXPECT_EQ(shown["recovery_is_pending"], true);
  EXPECT_EQ(shown["problems"], 0);
  ASSERT_EQ(shown["files"].size(), 1u);
  EXPECT_EQ(shown["files"][0]["name"], "data");
  EXPECT_EQ(shown["files"][0]["size_bytes"], 3 * page_bytes);  // as the log has it
  EXPECT_EQ(shown["files"][0]["blocks"], 4);
  EXPECT_EQ(shown["used_blocks"], 5);  // and the map's node
  const Json checked = fsck(exit_passed, false);
  EXPECT_EQ(checked["problems"], Json::list());
  EXPECT_EQ(checked["pending"], Json({{"log_replay", true}, {"blocks_past_end", 1}}));
  EXPECT_NE(fsck_text(exit_passed, false).find("pending: the next open finishes"),
            std::string::npos);
  EXPECT_EQ(bytes(), before);

  const Json repaired = fsck(exit_passed, true);
  EXPECT_EQ(repaired["problems_mended"], 0);
  EXPECT_EQ(repaired["recovered"], Json({{"log_replay", true}, {"blocks_past_end", 1}}));
  EXPECT_EQ(info()["recovery_is_pending"], false);
  EXPECT_EQ(info()["used_blocks"], 4);
  EXPECT_EQ(fsck(exit_passed, true)["recovered"],
            Json({{"log_replay", false}, {"blocks_past_end", 0}}));
}

TEST_F(RegionCommands, DamageAndWhatACrashLeftTogether) {
  ImageBuilder image(64);
  add_what_a_crash_left(image);
  const uint32_t second = image.add_file("second", page_bytes);
  image.add_page(second, 0);
  image.inode(second).size_bytes ^= 1;
  image.entry(0, 1) ^= 1;
  save(image);
  const std::string before = bytes();
  EXPECT_EQ(info()["files"][1]["size_bytes"], nullptr);
  const Json found = fsck(exit_failed, false);
  EXPECT_EQ(found["problems"].size(), 2u) << found.dump(2);
  EXPECT_EQ(found["pending"]["log_replay"], true);
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(fsck(exit_passed, true)["problems_left"], 0);
  EXPECT_EQ(fsck(exit_passed, false)["problems"], Json::list());
  EXPECT_EQ(info()["files"].size(), 2u);
}

TEST_F(RegionCommands, NamesThatAreNoTextAreShownAsBytes) {
  ImageBuilder image(64);
  const uint32_t number = image.add_file("a\x1b[31m\xff", 0);
  image.inode(number).size_bytes ^= uint64_t{1} << 60;
  save(image);
  EXPECT_EQ(info()["files"][0]["name"], "a\\x1b[31m\\xff");
  const std::string text = fsck_text(exit_failed, false);
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
  EXPECT_NE(text.find("file 'a\\x1b[31m\\xff'"), std::string::npos) << text;
}

TEST_F(RegionCommands, ARegionThatMustNotBeWrittenIsNotMended) {
  ImageBuilder image(64);
  for (uint64_t block : {uint64_t{0}, image.region().blocks() - 1}) {
    Superblock& superblock = image.region().superblock_at(block);
    superblock.features_read_only = 1;
    superblock.checksum =
        checksum_of(std::as_bytes(std::span(&superblock, 1)).first(offsetof(Superblock, checksum)));
  }
  save(image);
  const std::string before = bytes();
  EXPECT_EQ(info()["features"]["read_only"], 1);
  fsck(exit_passed, false);
  testing::internal::CaptureStderr();
  EXPECT_EQ(fsck_text(exit_failed, true), "");
  EXPECT_NE(testing::internal::GetCapturedStderr().find("use a newer daxlab"), std::string::npos);
  EXPECT_EQ(bytes(), before);
}

TEST(BusError, OfARegionFileIsOneLine) {
  EXPECT_EXIT(
      {
        exit_on_bus_error("daxlab region info", "lab.pmem");
        raise(SIGBUS);
      },
      testing::ExitedWithCode(exit_usage),
      "^daxlab region info: lab.pmem: a part of the file could not be read: .*\n$");
}

}  // namespace
}  // namespace daxlab
