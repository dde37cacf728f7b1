// The region commands on what a crash, a newer program or an enemy left.
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/recovery/damaged_image.h"
#include "harness/commands/bus_error_exit.h"
#include "harness/commands/command.h"
#include "harness/commands/region_commands.h"
#include "harness/run/scratch_folder.h"

namespace daxlab {
namespace {

using nlohmann::json;

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
  json fsck(int exit_status, bool repair) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_region_fsck({.path = path_, .repair = repair, .json = true}), exit_status);
    return json::parse(testing::internal::GetCapturedStdout(), nullptr, false);
  }
  std::string fsck_text(int exit_status, bool repair) {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_region_fsck({.path = path_, .repair = repair, .json = false}), exit_status);
    return testing::internal::GetCapturedStdout();
  }
  json info() {
    testing::internal::CaptureStdout();
    EXPECT_EQ(run_region_info(path_, true), exit_passed);
    return json::parse(testing::internal::GetCapturedStdout(), nullptr, false);
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
  const json shown = info();
  EXPECT_EQ(shown.at("log"), "committed");
  EXPECT_EQ(shown.at("recovery_is_pending"), true);
  EXPECT_EQ(shown.at("problems"), 0);
  ASSERT_EQ(shown.at("files").size(), 1u);
  EXPECT_EQ(shown.at("files")[0].at("name"), "data");
  EXPECT_EQ(shown.at("files")[0].at("size_bytes"), 3 * page_bytes);  // as the log has it
  EXPECT_EQ(shown.at("files")[0].at("blocks"), 4);
  EXPECT_EQ(shown.at("used_blocks"), 5);  // and the map's node
  const json checked = fsck(exit_passed, false);
  EXPECT_EQ(checked.at("problems"), json::array());
  EXPECT_EQ(checked.at("pending"), json({{"log_replay", true}, {"blocks_past_end", 1}}));
  EXPECT_NE(fsck_text(exit_passed, false).find("pending: the next open finishes"),
            std::string::npos);
  EXPECT_EQ(bytes(), before);

  const json repaired = fsck(exit_passed, true);
  EXPECT_EQ(repaired.at("problems_mended"), 0);
  EXPECT_EQ(repaired.at("recovered"), json({{"log_replay", true}, {"blocks_past_end", 1}}));
  EXPECT_EQ(info().at("recovery_is_pending"), false);
  EXPECT_EQ(info().at("used_blocks"), 4);
  EXPECT_EQ(fsck(exit_passed, true).at("recovered"),
            json({{"log_replay", false}, {"blocks_past_end", 0}}));
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
  EXPECT_EQ(info().at("files")[1].at("size_bytes"), nullptr);
  const json found = fsck(exit_failed, false);
  EXPECT_EQ(found.at("problems").size(), 2u) << found.dump(2);
  EXPECT_EQ(found.at("pending").at("log_replay"), true);
  EXPECT_EQ(bytes(), before);
  EXPECT_EQ(fsck(exit_passed, true).at("problems_left"), 0);
  EXPECT_EQ(fsck(exit_passed, false).at("problems"), json::array());
  EXPECT_EQ(info().at("files").size(), 2u);
}

TEST_F(RegionCommands, NamesThatAreNoTextAreShownAsBytes) {
  ImageBuilder image(64);
  const uint32_t number = image.add_file("a\x1b[31m\xff", 0);
  image.inode(number).size_bytes ^= uint64_t{1} << 60;
  save(image);
  EXPECT_EQ(info().at("files")[0].at("name"), "a\\x1b[31m\\xff");
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
  EXPECT_EQ(info().at("features").at("read_only"), 1);
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
