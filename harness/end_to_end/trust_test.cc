// What other users have laid in the way: refused by the real program, and nothing is touched.
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <fstream>

#include "core/base/other_user_test.h"
#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Trust : public Experiment {
 protected:
  Trust() { fs::permissions(folder_, fs::perms(0755)); }

  // Where everybody may make names, as in /tmp.
  fs::path shared_folder() const {
    fs::create_directory(folder_ / "shared");
    fs::permissions(folder_ / "shared", fs::perms(01777));
    return folder_ / "shared";
  }
  static std::vector<std::string> words_as(uid_t user, std::vector<std::string> words) {
    const std::string id = std::to_string(user);
    words.insert(words.begin(),
                 {"/usr/bin/setpriv", "--reuid=" + id, "--regid=" + id, "--clear-groups"});
    return words;
  }
  static std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  // A program in a folder of its own that others may enter: its plugins are beside it.
  fs::path installed(const fs::path& prefix) const {
    fs::create_directories(prefix / "bin");
    fs::create_directories(prefix / "plugins");
    fs::copy_file(DAXLAB_PROGRAM, prefix / "bin/daxlab");
    return prefix / "bin/daxlab";
  }
  static fs::path plugin_into(const fs::path& folder, const std::string& name) {
    fs::create_directories(folder / "fault");
    const fs::path file = folder / "fault" / (name + ".so");
    fs::copy_file(fs::path(DAXLAB_TEST_PLUGIN_FOLDER) / "fault" / (name + ".so"), file);
    return file;
  }
};

// Each command that writes, or opens a region, by a name that a stranger has made a link of.
class LinksOfOthers : public Trust {
 protected:
  LinksOfOthers() : link_((shared_folder() / "link").string()) {}

  void lead_to(const fs::path& target) {
    fs::remove(link_);
    fs::create_symlink(target, link_);
    give_to(stranger, link_);
  }
  std::string region_config(const std::string& create) const {
    return write("region.yaml", "region: {medium: file, path: " + link_ +
                                    ", size: 16MiB, create: " + create +
                                    "}\nworkloads: [{name: hole_read, size: 1MiB}]\n")
        .string();
  }
  std::vector<std::vector<std::string>> commands() const {
    const std::string config = write("small.yaml", one_cell).string();
    return {{"run", config, "--out", link_},
            {"run", config, "--csv", link_},
            {"run", config, "--out", link_, "--resume"},
            {"region", "create", link_, "--size", "1MiB"},
            {"region", "create", link_, "--size", "1MiB", "--force"},
            {"region", "info", link_},
            {"region", "info", link_, "--json"},
            {"region", "fsck", link_},
            {"region", "fsck", link_, "--repair"},
            {"check", config, "--save", link_, "--time", "10ms"}};
  }
  void expect_all_refused() const {
    const std::string says = link_ + ": is a link that belongs to user 54321";
    for (const std::vector<std::string>& command : commands()) {
      SCOPED_TRACE(testing::PrintToString(command));
      const ProcessOutcome outcome = run_daxlab(command);
      EXPECT_TRUE(outcome.exit_status == 1 || outcome.exit_status == 2) << outcome.exit_status;
      EXPECT_THAT(outcome.error, HasSubstr(says));
      EXPECT_EQ(outcome.out, "");
    }
    for (const char* create : {"never", "if_missing", "always"}) {
      const ProcessOutcome outcome = run_daxlab({"run", region_config(create), "--force"});
      EXPECT_EQ(outcome.exit_status, 1) << create;
      EXPECT_THAT(outcome.out, HasSubstr(says)) << create;
    }
    EXPECT_EQ(names_in(folder_ / "shared"), std::vector<std::string>{"link"});
  }

  const std::string link_;
};

TEST_F(LinksOfOthers, ToAFileThatIsThereAreRefused) {
  SKIP_UNLESS_ROOT();
  const fs::path precious = write("precious", "precious");
  lead_to(precious);
  struct stat before {
  }, after{};
  ASSERT_EQ(stat(precious.c_str(), &before), 0);
  expect_all_refused();
  ASSERT_EQ(stat(precious.c_str(), &after), 0);
  EXPECT_EQ(text_of(precious), "precious");
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_ctim.tv_sec, before.st_ctim.tv_sec);
  EXPECT_EQ(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec) << "it was touched";
}

TEST_F(LinksOfOthers, ToARegionAreRefused) {
  SKIP_UNLESS_ROOT();
  const fs::path region = folder_ / "lab.pmem";
  ASSERT_EQ(run_daxlab({"region", "create", region.string(), "--size", "16MiB"}).exit_status, 0);
  lead_to(region);
  const std::string before = text_of(region);
  expect_all_refused();
  EXPECT_TRUE(text_of(region) == before);
}

TEST_F(LinksOfOthers, ToNothingMakeNothing) {
  SKIP_UNLESS_ROOT();
  lead_to(folder_ / "made_through_a_link");
  expect_all_refused();
  EXPECT_FALSE(fs::exists(folder_ / "made_through_a_link"));
}

TEST_F(LinksOfOthers, ToAFolderAreRefused) {
  SKIP_UNLESS_ROOT();
  fs::create_directory(folder_ / "mine");
  lead_to(folder_ / "mine");
  expect_all_refused();
  EXPECT_TRUE(fs::is_empty(folder_ / "mine"));
}

// A journal is written before anybody looks at its name.
TEST_F(LinksOfOthers, InPlaceOfAJournalAreRefusedWhosoeverTheyAre) {
  const fs::path out = folder_ / "shared/out.json";
  const std::string journal = out.string() + ".partial";
  const fs::path precious = write("precious", "");
  const std::string config = write("small.yaml", one_cell).string();
  for (const fs::path& target : {precious, folder_ / "made_through_a_link"}) {
    fs::create_symlink(target, journal);
    for (const char* more : {"--force", "--resume"}) {
      const ProcessOutcome outcome = run_daxlab({"run", config, "--out", out.string(), more});
      EXPECT_EQ(outcome.exit_status, 2);
      EXPECT_THAT(outcome.error, HasSubstr(journal + ": is a link, and none is followed here"));
    }
    fs::remove(journal);
  }
  EXPECT_EQ(text_of(precious), "");
  EXPECT_FALSE(fs::exists(folder_ / "made_through_a_link"));
  EXPECT_TRUE(fs::is_empty(folder_ / "shared"));
}

TEST_F(Trust, AJournalOfAnotherUserIsNotGoneOnWith) {
  SKIP_UNLESS_ROOT();
  const fs::path out = shared_folder() / "out.json";
  const fs::path journal = write("shared/out.json.partial", "");
  give_to(stranger, journal);
  fs::permissions(journal, fs::perms(0666));
  const std::string config = write("small.yaml", one_cell).string();
  for (const char* more : {"--force", "--resume"}) {
    const ProcessOutcome outcome = run_daxlab({"run", config, "--out", out.string(), more});
    EXPECT_EQ(outcome.exit_status, 2);
    EXPECT_THAT(outcome.error, HasSubstr(journal.string() + ": belongs to user 54321, not to you"));
  }
  EXPECT_EQ(text_of(journal), "");
  EXPECT_EQ(names_in(folder_ / "shared"), std::vector<std::string>{"out.json.partial"});
}

TEST_F(Trust, OwnLinksAndThoseOfRootAreFollowed) {
  SKIP_UNLESS_ROOT();
  if (!fs::exists("/usr/bin/setpriv")) GTEST_SKIP() << "setpriv (of util-linux) is not there";
  const fs::path shared = shared_folder();
  const fs::path users = folder_ / "users";
  fs::create_directory(users);
  give_to(stranger, users);
  for (const uid_t owner : {uid_t{0}, stranger}) {
    const fs::path link = shared / ("link_of_" + std::to_string(owner));
    const fs::path target = users / ("region_by_" + std::to_string(owner));
    fs::create_symlink(target, link);
    give_to(owner, link);
    const ProcessOutcome outcome =
        RunningProgram::of(words_as(stranger, {DAXLAB_PROGRAM, "region", "create", link.string(),
                                               "--size", "1MiB"}))
            .wait();
    EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
    EXPECT_TRUE(fs::is_symlink(link));
    EXPECT_EQ(fs::file_size(target), 1u << 20);
  }
}

TEST_F(Trust, StandardOutputIsAnOutput) {
  const std::string config = write("small.yaml", one_cell).string();
  const ProcessOutcome json = run_daxlab({"run", config, "--out", "/dev/stdout"});
  EXPECT_EQ(json.exit_status, 0) << json.error;
  EXPECT_TRUE(json_or_null(json.out)["benchmarks"].is_list()) << json.out;
  EXPECT_THAT(json.error, HasSubstr("1 of 1 cells passed"));
  const ProcessOutcome csv = run_daxlab({"run", config, "--csv", "/dev/fd/1"});
  EXPECT_EQ(csv.exit_status, 0) << csv.error;
  EXPECT_THAT(csv.out, AllOf(StartsWith("name,"), Not(HasSubstr("cells passed"))));
  EXPECT_FALSE(fs::exists("/dev/stdout.partial"));

  // Into a file that the shell has opened, behind what is there.
  const std::string file = write("file", "").string();
  const ProcessOutcome shell =
      RunningProgram::shell("exec >" + file + "; echo begins; " DAXLAB_PROGRAM " run " + config +
                            " --out /dev/stdout 2>/dev/null; echo ends")
          .wait();
  const std::string text = text_of(file);
  ASSERT_THAT(text, AllOf(StartsWith("begins\n{"), testing::EndsWith("ends\n")));
  const ProcessOutcome resumed = run_daxlab({"run", config, "--out", "/dev/stdout", "--resume"});
  EXPECT_EQ(resumed.exit_status, 2);
  EXPECT_THAT(resumed.error, HasSubstr("--resume needs a file, and --out /dev/stdout is none"));
}

TEST_F(Trust, APluginFolderOfAnotherUserIsNamedAndItsCodeDoesNotRun) {
  SKIP_UNLESS_ROOT();
  const fs::path theirs = folder_ / "theirs";
  plugin_into(theirs, "abort_at_second_load");
  give_to(stranger, theirs);
  const std::string marker = (folder_ / "marker").string();
  const std::vector<std::string> environment = {"DAXLAB_TEST_FIRST_LOAD=" + marker};
  const ProcessOutcome refused =
      run_daxlab({"list", "--plugin-path", theirs.string()}, environment);
  EXPECT_THAT(refused.out + refused.error,
              HasSubstr(theirs.string() + ": this folder belongs to user 54321"));
  EXPECT_FALSE(fs::exists(marker));
  const ProcessOutcome accepted = run_daxlab(
      {"list", "--plugin-path", theirs.string(), "--allow-writable-plugins"}, environment);
  EXPECT_TRUE(fs::exists(marker)) << accepted.out << accepted.error;
}

// Whoever owns a folder above the program could replace the program.
TEST_F(Trust, AFolderAboveTheProgramMayBelongToAnybody) {
  SKIP_UNLESS_ROOT();
  const fs::path prefix = folder_ / "prefix";
  const std::string program = installed(prefix).string();
  plugin_into(prefix / "plugins", "abort_at_second_load");
  give_to(stranger, prefix);
  const ProcessOutcome listed = RunningProgram::of({program, "list"}).wait();
  EXPECT_EQ(listed.exit_status, 0) << listed.error;
  EXPECT_THAT(listed.out, HasSubstr((prefix / "plugins/fault/abort_at_second_load.so").string()));
  give_to(stranger, prefix / "plugins");
  const ProcessOutcome refused = RunningProgram::of({program, "list"}).wait();
  EXPECT_THAT(refused.out + refused.error,
              HasSubstr((prefix / "plugins").string() + ": this folder belongs to user 54321"));
}

// A program with more rights than who started it takes code from nobody whom that one names.
class MoreRights : public Trust {
 protected:
  void SetUp() override {
    SKIP_UNLESS_ROOT();
    struct statvfs facts {};
    ASSERT_EQ(statvfs(folder_.c_str(), &facts), 0);
    if ((facts.f_flag & ST_NOSUID) != 0) GTEST_SKIP() << folder_ << " is mounted nosuid";
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1) GTEST_SKIP() << "no_new_privs is set";
    if (!fs::exists("/usr/bin/setpriv")) GTEST_SKIP() << "setpriv (of util-linux) is not there";
    program_ = installed(folder_ / "prefix").string();
    plugin_into(theirs_, "abort_at_second_load");
    environment_ = {"DAXLAB_PLUGIN_PATH=" + theirs_.string(),
                    "DAXLAB_TEST_FIRST_LOAD=" + (folder_ / "prefix/marker").string()};
  }
  ProcessOutcome list_as_stranger(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {program_, "list"};
    words.insert(words.end(), more.begin(), more.end());
    return RunningProgram::of(words_as(stranger, words), environment_).wait();
  }

  std::string program_;
  const fs::path theirs_ = folder_ / "theirs";
};

TEST_F(MoreRights, ThePluginPathOfTheEnvironmentIsNotHeeded) {
  EXPECT_THAT(list_as_stranger({}).out, HasSubstr("abort_at_second_load")) << "it is otherwise";
  fs::permissions(program_, fs::perms(04755));
  const ProcessOutcome outcome = list_as_stranger({});
  EXPECT_THAT(outcome.out, Not(HasSubstr("abort_at_second_load")));
  EXPECT_THAT(outcome.error, AllOf(StartsWith("daxlab: DAXLAB_PLUGIN_PATH is not heeded: "),
                                   HasSubstr("--plugin-path")));
}

TEST_F(MoreRights, CodeOfWhoStartedItDoesNotRunWhateverHeAllows) {
  give_to(stranger, theirs_ / "fault/abort_at_second_load.so");
  fs::permissions(program_, fs::perms(04755));
  const ProcessOutcome outcome =
      list_as_stranger({"--plugin-path", theirs_.string(), "--allow-writable-plugins"});
  EXPECT_THAT(outcome.error, HasSubstr("--allow-writable-plugins is not heeded"));
  EXPECT_THAT(outcome.out + outcome.error,
              HasSubstr("abort_at_second_load.so: belongs to user 54321"));
  EXPECT_FALSE(fs::exists(folder_ / "prefix/marker"));
}

}  // namespace
}  // namespace daxlab
