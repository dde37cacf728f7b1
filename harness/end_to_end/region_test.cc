// Regions in files, as a user meets them: made, shown, checked, mended, run on, and left alone.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "core/base/sizes.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RegionCommands : public Experiment {
 protected:
  RegionCommands() : path_((folder_ / "lab.pmem").string()) {}

  const ProcessOutcome& region(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "region");
    outcome_ = run_daxlab(arguments);
    return outcome_;
  }
  void create() {
    region({"create", path_, "--size", "16MiB"});
    ASSERT_EQ(outcome_.exit_status, 0) << outcome_.error;
  }
  Json info() {
    region({"info", path_, "--json"});
    EXPECT_EQ(outcome_.exit_status, 0) << outcome_.error;
    return json_or_null(outcome_.out);
  }
  Json fsck(int exit_status, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"fsck", path_, "--json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    region(arguments);
    EXPECT_EQ(outcome_.exit_status, exit_status) << outcome_.out << outcome_.error;
    return json_or_null(outcome_.out);
  }
  void expect_refused(const std::vector<std::string>& arguments, int exit_status,
                      const std::string& message) {
    SCOPED_TRACE(arguments[0]);
    region(arguments);
    EXPECT_EQ(outcome_.exit_status, exit_status) << outcome_.error;
    EXPECT_EQ(outcome_.out, "");
    EXPECT_THAT(outcome_.error, StartsWith("daxlab region " + arguments[0] + ": "));
    EXPECT_THAT(outcome_.error, HasSubstr(message));
    EXPECT_EQ(std::count(outcome_.error.begin(), outcome_.error.end(), '\n'), 1);
  }
  std::string bytes() const {
    std::ifstream stream(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void overwrite(uint64_t offset, const std::string& with) const {
    std::fstream stream(path_, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekp(static_cast<std::streamoff>(offset));
    stream << with;
    EXPECT_TRUE(stream.flush().good());
  }
  // A config on this region; `create` as in YAML.
  std::string config(const std::string& matrix, const std::string& workloads,
                     const std::string& create = "if_missing") const {
    return "region: {medium: file, path: " + path_ + ", size: 16MiB, create: " + create +
           "}\ntime_limit: 60s\nmatrix: " + matrix + "\nworkloads: " + workloads + "\n";
  }

  const std::string path_;
};

TEST_F(RegionCommands, IsMadeShownAndClean) {
  create();
  EXPECT_THAT(outcome_.out, StartsWith(path_ + ": made a region of 16MiB on medium file, "));
  const Json made = info();
  EXPECT_THAT(outcome_.out, HasSubstr(made["uuid"].text()));
  EXPECT_EQ(made["version"], 1);
  EXPECT_EQ(made["size_bytes"], 16 * MiB);
  EXPECT_EQ(made["blocks"], 16 * MiB / block_bytes);
  EXPECT_EQ(made["used_blocks"], 0);
  EXPECT_EQ(made["free_blocks"].as_unsigned().value(),
            made["end_data_block"].as_unsigned().value() -
                made["first_data_block"].as_unsigned().value());
  EXPECT_EQ(made["files"], Json::list());
  EXPECT_EQ(made["log"], "idle");
  EXPECT_EQ(made["recovery_is_pending"], false);
  EXPECT_EQ(made["superblock_is_good"], true);
  EXPECT_EQ(made["superblock_copy_is_good"], true);
  EXPECT_EQ(fsck(0)["problems"], Json::list());
  region({"info", path_});
  EXPECT_THAT(outcome_.out, HasSubstr("16MiB: 4096 blocks of 4096 bytes"));
  region({"fsck", path_});
  EXPECT_EQ(outcome_.out, path_ + ": clean, 0 files, 0 of " +
                              std::to_string(made["free_blocks"].as_unsigned().value()) +
                              " blocks used\n");
}

// Each plugin is run in a child: one that dies takes only its answer along.
TEST_F(RegionCommands, ShowsWhatAnAllocatorSays) {
  create();
  const uint64_t free_blocks = info()["free_blocks"].as_unsigned().value();
  const auto ask = [&](const std::string& name, std::vector<std::string> more = {}) {
    more.insert(more.begin(),
                {"info", path_, "--plugin-path", DAXLAB_TEST_PLUGIN_FOLDER, "--alloc", name});
    region(more);
    EXPECT_EQ(outcome_.exit_status, 0) << outcome_.error;
  };
  ask("keeps_a_reserve", {"--json"});
  const Json said = json_or_null(outcome_.out)["allocator"];
  EXPECT_EQ(said["name"], "keeps_a_reserve");
  EXPECT_EQ(said["free_blocks"], free_blocks);
  EXPECT_EQ(said["largest_extent_blocks"], free_blocks);
  EXPECT_EQ(said["reserved_blocks"], 16);
  ask("keeps_a_reserve");
  const std::string count = std::to_string(free_blocks);
  EXPECT_THAT(outcome_.out, HasSubstr("  allocator   keeps_a_reserve says: " + count +
                                      " blocks free, " + count + " in a row, 16 reserved\n"));
  ask("first_fit");
  EXPECT_THAT(outcome_.out, HasSubstr("in a row, 0 reserved\n"));
}

TEST_F(RegionCommands, SaysWhyAnAllocatorCannotBeAsked) {
  create();
  const auto expect_not_asked = [&](const std::string& name, int exit_status,
                                    const std::string& message) {
    expect_refused({"info", path_, "--plugin-path", DAXLAB_TEST_PLUGIN_FOLDER, "--alloc", name},
                   exit_status, message);
  };
  expect_not_asked("first_fti", 2, "first_fit");
  expect_not_asked("wants_a_large_region", 1, "wants_a_large_region");
  overwrite(0, std::string(64, 'x'));
  expect_not_asked("first_fit", 1,
                   "1 problem: an allocator is told only of a region that has none");
}

TEST_F(RegionCommands, IsNotMadeOverAnythingWithoutForce) {
  create();
  const std::string uuid = info()["uuid"].text();
  expect_refused({"create", path_, "--size", "32MiB"}, 1, "a daxlab region is there");
  EXPECT_EQ(info()["uuid"], uuid);
  region({"create", path_, "--size", "32MiB", "--force"});
  EXPECT_EQ(outcome_.exit_status, 0);
  EXPECT_EQ(info()["size_bytes"], 32 * MiB);
  const std::string diary = write("diary", "dear diary").string();
  expect_refused({"create", diary, "--size", "1MiB"}, 1, "starts with the text 'dear diary'");
  expect_refused({"create", folder_.string(), "--size", "1MiB"}, 1, "a folder");
  region({"create", diary, "--size", "1MiB", "--force"});
  EXPECT_EQ(outcome_.exit_status, 0);
}

TEST_F(RegionCommands, WrongSizesAndPathsAreExitTwo) {
  expect_refused({"create", path_, "--size", "64MB"}, 2, "units are B, KiB");
  expect_refused({"create", path_, "--size", "4097"}, 2, "multiple of 4 KiB");
  EXPECT_FALSE(std::filesystem::exists(path_));
  expect_refused({"info", path_}, 2, "no such file");
  expect_refused({"fsck", path_}, 2, "no such file");
  expect_refused({"fsck", path_, "--repair"}, 2, "no such file");
  const std::string diary = write("diary", "dear diary").string();
  expect_refused({"info", diary}, 2, "not a daxlab region");
  expect_refused({"fsck", diary}, 2, "not a daxlab region");
  expect_refused({"fsck", diary, "--repair"}, 2, "not a daxlab region");
  EXPECT_EQ(run_daxlab({"region"}).exit_status, 2);
  EXPECT_EQ(run_daxlab({"region", "create", path_}).exit_status, 2);
}

TEST_F(RegionCommands, RunsOnAFileLikeOnMemory) {
  run_all_pass("region: {path: " + path_ +
               ", size: 16MiB}\ntime_limit: 60s\n"
               "matrix: {medium: [memfd, file], engine: [mmu, simulator]}\n"
               "workloads: [{name: hole_read, size: 1MiB}, {name: mkwrite, size: 1MiB}, "
               "{name: mapped_write, size: 1MiB}, {name: write, size: 1MiB}, enospc]\n");
  const auto name = [](const std::string& workload, const std::string& medium) {
    return workload + "/mmu/" + medium + "/global_zero/partial/first_fit/threads:1";
  };
  for (const std::string workload : {"hole_read:size=1MiB", "mkwrite:size=1MiB"}) {
    for (const char* key : {"faults_read", "faults_write", "faults_mkwrite", "blocks_used"}) {
      EXPECT_EQ(counter(name(workload, "file"), key), counter(name(workload, "memfd"), key)) << key;
    }
  }
  EXPECT_THAT(passed(name("write:size=1MiB", "file"))["label"].text(),
              testing::AllOf(HasSubstr("medium=file ("), HasSubstr("survives the process, not")));
  const Json& context = results_["context"];
  EXPECT_EQ(context["requested_medium"], "memfd, file");
  EXPECT_THAT(context["effective_medium"].text(), StartsWith("memfd, file ("));
  EXPECT_EQ(info()["files"], Json::list());  // the cells' own are gone
  EXPECT_EQ(info()["used_blocks"], 0);
  fsck(0);
}

TEST_F(RegionCommands, CreateSaysWhetherItMayBeMade) {
  run(config("{}", "[{name: hole_read, size: 1MiB}]", "never"));
  EXPECT_EQ(outcome_.exit_status, 1);
  const std::string cell = "hole_read:size=1MiB/mmu/file/global_zero/partial/first_fit/threads:1";
  EXPECT_THAT(failure(cell), HasSubstr(path_ + ": there is no such file; make one with"));
  EXPECT_FALSE(std::filesystem::exists(path_));
  run_all_pass(config("{}", "[{name: hole_read, size: 1MiB}]"));
  const std::string uuid = info()["uuid"].text();
  run_all_pass(config("{}", "[{name: hole_read, size: 1MiB}]"));
  run_all_pass(config("{}", "[{name: hole_read, size: 1MiB}]", "never"));
  EXPECT_EQ(info()["uuid"], uuid);
  run_all_pass(config("{}", "[{name: hole_read, size: 1MiB}]", "always"));
  EXPECT_NE(info()["uuid"], uuid);
}

TEST_F(RegionCommands, RunOverwritesNothingElseWithoutForce) {
  write("lab.pmem", "dear diary");
  for (const char* create : {"if_missing", "always"}) {
    run(config("{}", "[{name: hole_read, size: 1MiB}]", create));
    EXPECT_EQ(outcome_.exit_status, 1);
    EXPECT_THAT(outcome_.out, HasSubstr("not a daxlab region"));
    EXPECT_THAT(outcome_.out, HasSubstr("--force"));
    EXPECT_EQ(bytes(), "dear diary");
  }
  run(config("{}", "[{name: hole_read, size: 1MiB}]"), {"--force"});
  EXPECT_EQ(outcome_.exit_status, 0) << outcome_.out;
}

// What a killed cell leaves is found, and gone with the next run.
TEST_F(RegionCommands, RunsAgainAfterCellsThatDied) {
  run(config("{fault: [abort_in_mkwrite]}", "[{name: mkwrite, size: 1MiB}]"));
  EXPECT_EQ(outcome_.exit_status, 1);
  EXPECT_THAT(outcome_.out, HasSubstr("killed by SIGABRT"));
  const Json left = info();
  ASSERT_EQ(left["files"].size(), 1u) << left.dump(2);
  EXPECT_THAT(left["files"][0]["name"].text(), StartsWith("workload."));
  EXPECT_EQ(left["files"][0]["size_bytes"], MiB);
  fsck(0);
  run_all_pass(config("{}", "[{name: mkwrite, size: 1MiB}, enospc]"));
  EXPECT_EQ(info()["files"], Json::list());
  fsck(0);
}

TEST_F(RegionCommands, RunsAgainAfterACellAtItsTimeLimit) {
  run("region: {medium: file, path: " + path_ +
      ", size: 16MiB}\ntime_limit: 1s\nfault: endless_fault\n"
      "workloads: [{name: hole_read, size: 1MiB}]\n");
  EXPECT_EQ(outcome_.exit_status, 1);
  EXPECT_THAT(outcome_.out, HasSubstr("at the time limit of 1 s"));
  EXPECT_EQ(info()["files"].size(), 1u);
  run_all_pass(config("{}", "[{name: hole_read, size: 1MiB}]"));
  EXPECT_EQ(info()["files"], Json::list());
}

TEST_F(RegionCommands, OneUserAtATime) {
  create();
  const int held = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(held, 0);
  ASSERT_EQ(flock(held, LOCK_EX), 0);
  const std::string in_use = path_ + ": in use by another process";
  for (const char* create : {"never", "if_missing", "always"}) {
    run(config("{}", "[{name: hole_read, size: 1MiB}]", create), {"--force"});
    EXPECT_EQ(outcome_.exit_status, 1);
    EXPECT_THAT(outcome_.out, HasSubstr(in_use));
  }
  expect_refused({"create", path_, "--size", "1MiB", "--force"}, 1, in_use);
  expect_refused({"info", path_}, 2, in_use);
  expect_refused({"fsck", path_}, 2, in_use);
  expect_refused({"fsck", path_, "--repair"}, 2, in_use);
  ASSERT_EQ(flock(held, LOCK_SH), 0);  // a reader
  info();
  fsck(0);
  expect_refused({"fsck", path_, "--repair"}, 2, in_use);
  close(held);
  fsck(0, {"--repair"});
}

TEST_F(RegionCommands, DamageIsNamedAndMended) {
  create();
  const uint64_t inodes = info()["inode_table_block"].as_unsigned().value() * block_bytes;
  overwrite(inodes, "damage!!");           // the checksum of a name in a free inode
  overwrite(16 * MiB - block_bytes, "x");  // the copy of the superblock
  const std::string damaged = bytes();
  const Json shown = info();
  EXPECT_EQ(shown["superblock_is_good"], true);
  EXPECT_EQ(shown["superblock_copy_is_good"], false);
  EXPECT_EQ(shown["problems"], 2);

  run(config("{}", "[{name: hole_read, size: 1MiB}]"));
  EXPECT_EQ(outcome_.exit_status, 1);
  EXPECT_THAT(outcome_.out, HasSubstr(path_ + ": the region is damaged"));
  EXPECT_THAT(outcome_.out, HasSubstr("daxlab region fsck"));
  overwrite(16 * MiB - block_bytes, "x");  // opening has mended it

  const Json found = fsck(1);
  EXPECT_EQ(found["problems_left"], 2);
  ASSERT_EQ(found["problems"].size(), 2u);
  for (const Json& problem : found["problems"].items()) {
    for (const char* key : {"kind", "where", "what", "remedy"}) {
      EXPECT_NE(problem[key].text(), "") << key;
    }
  }
  EXPECT_EQ(found["problems"][0]["kind"], "superblock");
  EXPECT_EQ(found["problems"][1]["kind"], "inode_name");
  region({"fsck", path_});
  EXPECT_EQ(outcome_.exit_status, 1);
  EXPECT_THAT(outcome_.out, HasSubstr("superblock: block 4095: "));
  EXPECT_THAT(outcome_.out, HasSubstr("2 problems; mend with: daxlab region fsck " + path_));
  EXPECT_EQ(bytes(), damaged);  // looking changes nothing

  const Json mended = fsck(0, {"--repair"});
  EXPECT_EQ(mended["problems_mended"], 2);
  EXPECT_EQ(mended["problems_left"], 0);
  EXPECT_EQ(fsck(0)["problems"], Json::list());
  run_all_pass(config("{}", "[{name: hole_read, size: 1MiB}]"));
}

TEST_F(RegionCommands, WithoutASuperblockItIsNone) {
  create();
  overwrite(8, "xxxx");
  EXPECT_EQ(info()["superblock_is_good"], false);  // its copy will do
  overwrite(16 * MiB - block_bytes + 8, "xxxx");
  for (const char* command : {"info", "fsck"}) {
    expect_refused({command, path_}, 2, path_ + ": ");
  }
  expect_refused({"fsck", path_, "--repair"}, 2, path_ + ": ");
}

}  // namespace
}  // namespace daxlab
