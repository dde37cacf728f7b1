// `daxlab check` and the others that are programs of their own: found beside daxlab, built where
// they are missing, and only they. Here daxlab is copied into a small tree that builds shell
// scripts.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>

#include "harness/end_to_end/experiment.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class ProgramBeside : public Experiment {
 protected:
  ProgramBeside() {
    fs::create_directories(folder_ / "tree/bin");
    fs::copy_file(DAXLAB_PROGRAM, program());
  }
  fs::path tree() const { return folder_ / "tree"; }
  fs::path program() const { return tree() / "bin/daxlab"; }
  ProcessOutcome run_copy(const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment = {}) const {
    return start_copy(arguments, environment).wait();
  }
  RunningProgram start_copy(const std::vector<std::string>& arguments,
                            const std::vector<std::string>& environment = {}) const {
    std::vector<std::string> words = {program().string()};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return RunningProgram::of(words, environment);
  }

  // A program that shows its arguments, one in each line.
  static constexpr const char* shows_arguments = "#!/bin/sh\nprintf '%s\\n' \"$@\"\n";
  void put_program(const std::string& name) const {
    const fs::path file = write("tree/bin/" + name, shows_arguments);
    fs::permissions(file, fs::perms::owner_all);
  }

  // Its target NAME_command runs `script` in bin/, with NAME as its argument.
  void make_build_tree(const std::string& script) const {
    fs::create_directories(folder_ / "source");
    write("source/CMakeLists.txt",
          "cmake_minimum_required(VERSION 3.23)\nproject(daxlab NONE)\n"
          "foreach(name check conformance soak bench)\n"
          "  add_custom_target(${name}_command COMMAND /bin/sh " +
              write("source/build", script).string() +
              " ${name}\n    WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/bin)\nendforeach()\n");
    const ProcessOutcome configured =
        RunningProgram::shell("cmake -G Ninja -S '" + (folder_ / "source").string() + "' -B '" +
                              tree().string() + "'")
            .wait();
    ASSERT_EQ(configured.exit_status, 0) << configured.out << configured.error;
  }
  // Remembers that it has built, and what: in bin/built.
  std::string good_script() const {
    return "echo \"$1\" >>built\necho said by the build\ncp '" +
           write("source_of_programs", shows_arguments).string() +
           "' \"daxlab_$1\"\nchmod +x \"daxlab_$1\"\n";
  }
  std::string built() const { return text_of(tree() / "bin/built"); }
};

TEST_F(ProgramBeside, IsGivenTheWordsAsTheyWereTyped) {
  for (const std::string name : {"daxlab_check", "daxlab_conformance", "daxlab_soak"}) {
    put_program(name);
  }
  const std::vector<std::vector<std::string>> lines = {
      {"check", "--seeds", "3", "a b.yaml", "--json"},
      {"conformance", "alloc", "mine", "--option", "k=v"},
      {"soak", "c.yaml", "--time", "1s"}};
  for (const std::vector<std::string>& words : lines) {
    const ProcessOutcome outcome = run_copy(words);
    std::string shown;
    for (const std::string& word : words) shown += word + "\n";
    EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
    EXPECT_EQ(outcome.out, shown);
    EXPECT_EQ(outcome.error, "");
  }
}

TEST_F(ProgramBeside, OfBenchGetsWhatFollowsUnread) {
  put_program("daxlab_bench");
  const ProcessOutcome outcome = run_copy({"bench", "--help", "--benchmark_filter=sync"});
  EXPECT_EQ(outcome.exit_status, 0) << outcome.error;
  EXPECT_EQ(outcome.out, "--help\n--benchmark_filter=sync\n");
}

TEST_F(ProgramBeside, IsBuiltWhenItIsFirstAskedForAndNotAgain) {
  make_build_tree(good_script());
  const ProcessOutcome first = run_copy({"check", "c.yaml"});
  EXPECT_EQ(first.exit_status, 0) << first.error;
  EXPECT_EQ(first.out, "check\nc.yaml\n");
  EXPECT_EQ(first.error,
            "daxlab check: builds daxlab_check and the plugins that are wrong on purpose in " +
                tree().string() + ", this once\n");
  const ProcessOutcome second = run_copy({"check", "c.yaml"});
  EXPECT_EQ(second.out, "check\nc.yaml\n");
  EXPECT_EQ(second.error, "");
  EXPECT_EQ(built(), "check\n");
  EXPECT_EQ(run_copy({"bench"}).exit_status, 0);
  EXPECT_EQ(built(), "check\nbench\n");
}

// The program may be linked before something that it is tried with fails.
TEST_F(ProgramBeside, IsBuiltAgainAfterABuildThatFailedHalfWay) {
  make_build_tree(good_script() + "exit 3\n");
  for (const char* builds : {"check\n", "check\ncheck\n"}) {
    EXPECT_EQ(run_copy({"check", "c.yaml"}).exit_status, 1);
    EXPECT_EQ(built(), builds);
  }
}

TEST_F(ProgramBeside, IsNotBuiltAnewWhenItsSourcesAreNewer) {
  make_build_tree(good_script());
  put_program("daxlab_soak");
  fs::last_write_time(tree() / "bin/daxlab_soak", fs::file_time_type::min());
  EXPECT_EQ(run_copy({"soak", "c.yaml", "--time", "1s"}).exit_status, 0);
  EXPECT_EQ(built(), "");
}

TEST_F(ProgramBeside, IsNotNeededForHelpAndWrongUsage) {
  make_build_tree(good_script());
  for (const std::string command : {"check", "conformance", "soak"}) {
    const ProcessOutcome help = run_copy({command, "--help"});
    EXPECT_EQ(help.exit_status, 0);
    EXPECT_THAT(help.out, HasSubstr("--plugin-path DIR"));
    const ProcessOutcome wrong = run_copy({command, "--frobnicate"});
    EXPECT_EQ(wrong.exit_status, 2);
    EXPECT_THAT(wrong.error, StartsWith("daxlab " + command + ": "));
  }
  EXPECT_EQ(
      run_copy({"check", "--json"}).error,
      "daxlab check: expected a config: daxlab check CONFIG.yaml, or --replay FILE of what it "
      "found\n");
  EXPECT_EQ(built(), "");
}

TEST_F(ProgramBeside, ABuildThatFailsShowsWhatItSaid) {
  make_build_tree("echo it went wrong\nexit 3\n");
  const ProcessOutcome outcome = run_copy({"check", "c.yaml"});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("it went wrong\n"));
  EXPECT_THAT(outcome.error,
              testing::EndsWith("daxlab check: the build failed, see above. To repeat it: "
                                "cmake --build " +
                                tree().string() + " --target check_command\n"));
}

TEST_F(ProgramBeside, ABuildThatMakesNothingIsAnError) {
  make_build_tree("true\n");
  const ProcessOutcome outcome = run_copy({"conformance", "alloc", "mine"});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.error,
              HasSubstr("has not made " + (tree() / "bin/daxlab_conformance").string()));
}

TEST_F(ProgramBeside, WithoutCmakeTheErrorNamesIt) {
  make_build_tree(good_script());
  const ProcessOutcome outcome = run_copy({"check", "c.yaml"}, {"PATH=" + folder_.string()});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_THAT(outcome.error, HasSubstr("daxlab check: to build what is missing: cmake: "));
}

TEST_F(ProgramBeside, OutsideABuildTreeTheErrorSaysWhatIsMissingAndWhere) {
  const ProcessOutcome outcome = run_copy({"check", "c.yaml"});
  EXPECT_EQ(outcome.exit_status, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.error, "daxlab check: needs the program daxlab_check, which is not in " +
                               (tree() / "bin").string() +
                               ": install it there, or run daxlab where it was built\n");
}

TEST_F(ProgramBeside, WhatRunsAndShowsNeverBuilds) {
  make_build_tree(good_script());
  const std::string yaml =
      write("small.yaml",
            "region: {size: 1MiB}\nengine: simulator\nworkloads: [{name: mkwrite, size: 64KiB}]\n")
          .string();
  const std::string plugins =
      (fs::path(DAXLAB_PROGRAM).parent_path().parent_path() / "plugins").string();
  const std::string region = (folder_ / "lab.pmem").string();
  const std::vector<std::vector<std::string>> lines = {
      {"run", yaml, "--plugin-path", plugins},
      {"validate", yaml, "--plugin-path", plugins},
      {"list", "--hazards"},
      {"schema"},
      {"region", "create", region, "--size", "1MiB"},
      {"region", "info", region},
      {"region", "fsck", region}};
  for (const std::vector<std::string>& words : lines) {
    const ProcessOutcome outcome = run_copy(words);
    EXPECT_EQ(outcome.exit_status, 0) << words[0] << ": " << outcome.error << outcome.out;
    EXPECT_THAT(outcome.error, Not(HasSubstr("builds"))) << words[0];
  }
  EXPECT_NE(run_copy({"doctor"}).exit_status, 2);
  EXPECT_EQ(built(), "");
  EXPECT_FALSE(fs::exists(tree() / "bin/daxlab_check"));
}

// A pipe with a name: one side waits until the other has come so far.
class Gate {
 public:
  explicit Gate(fs::path file) : file_(std::move(file)) {
    EXPECT_EQ(mkfifo(file_.c_str(), 0600), 0);
    end_ = open(file_.c_str(), O_RDWR | O_CLOEXEC);
  }
  ~Gate() { close(end_); }
  void wait() const {
    pollfd asked{end_, POLLIN, 0};
    ASSERT_EQ(poll(&asked, 1, 60'000), 1) << file_;
    char byte = 0;
    ASSERT_EQ(read(end_, &byte, 1), 1);
  }
  // For more than one: a build that nobody should begin must fail the test, not keep it waiting.
  void open_it() const { ASSERT_EQ(::write(end_, "\n\n\n", 3), 3); }

 private:
  fs::path file_;
  int end_ = -1;
};

// Until some process waits for the lock on the file.
void wait_for_a_waiter(const fs::path& file) {
  struct stat about {};
  ASSERT_EQ(stat(file.c_str(), &about), 0) << file;
  const std::string inode = ":" + std::to_string(about.st_ino) + " ";
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < end) {
    std::istringstream locks(text_of("/proc/locks"));
    for (std::string line; std::getline(locks, line);) {
      if (line.find("->") != line.npos && line.find(inode) != line.npos) return;
    }
    sched_yield();
  }
  ADD_FAILURE() << "nobody waits for " << file;
}

class TwoAtOnce : public ProgramBeside {
 protected:
  // The second asks while the build for the first has done `begins`.
  void ask_while_a_build(const std::string& begins) {
    const Gate begun(folder_ / "begun"), may_end(folder_ / "may_end");
    make_build_tree(begins + "echo >'" + (folder_ / "begun").string() + "'\nread line <'" +
                    (folder_ / "may_end").string() + "'\nrm -f \"daxlab_$1\"\n" + good_script());
    RunningProgram first = start_copy({"check", "first.yaml"});
    begun.wait();
    RunningProgram second = start_copy({"check", "second.yaml"});
    wait_for_a_waiter(tree() / "building_for_daxlab.lock");
    may_end.open_it();
    const ProcessOutcome first_outcome = first.wait(), second_outcome = second.wait();
    EXPECT_EQ(first_outcome.out, "check\nfirst.yaml\n") << first_outcome.error;
    EXPECT_EQ(second_outcome.out, "check\nsecond.yaml\n") << second_outcome.error;
    EXPECT_EQ(second_outcome.error, "");
    EXPECT_EQ(built(), "check\n");
  }
};

TEST_F(TwoAtOnce, GetOneBuild) { ask_while_a_build(""); }

TEST_F(TwoAtOnce, GetAWholeProgram) {
  ask_while_a_build("echo half of a program >\"daxlab_$1\"\nchmod +x \"daxlab_$1\"\n");
}

}  // namespace
}  // namespace daxlab
