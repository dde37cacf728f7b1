// `daxlab new-plugin`: what it writes builds, passes its tests and runs where daxlab is installed.
// In the folder where it was built a test of plugins/README.md does the same.
#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "core/base/sanitized.h"
#include "harness/installed/installation_test.h"

namespace daxlab {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

// The commands that it says are next: lines that are further in.
std::vector<std::string> next_steps(const std::string& said) {
  std::vector<std::string> steps;
  std::istringstream lines(said);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("  ")) steps.push_back(line.substr(2));
  }
  return steps;
}

class NewPlugin : public Installed {
 protected:
  ProcessOutcome make(const std::string& kind, const std::string& name) const {
    return run_installed({"new-plugin", kind, name, "--in", folder_.string()});
  }
  // All that it says is next, in one shell, as one would type it.
  void follow(const ProcessOutcome& made) const {
    ASSERT_EQ(made.exit_status, 0) << made.error;
    const std::vector<std::string> steps = next_steps(made.out);
    ASSERT_EQ(steps.size(), 6u) << made.out;
    std::string line = "CXX='" DAXLAB_COMPILER "'; export CXX";
    for (const std::string& step : steps) line += " && " + step;
    shell(line);
  }
  void refuses(const std::string& kind, const std::string& name, const std::string& why) const {
    const ProcessOutcome outcome = make(kind, name);
    EXPECT_EQ(outcome.exit_status, 2) << name;
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.error, HasSubstr(why));
    EXPECT_TRUE(fs::is_empty(folder_)) << name;
  }
};

TEST_F(NewPlugin, OfAnInstalledDaxlabBuildsPassesAndRuns) { follow(make("alloc", "a_first_try")); }

TEST_F(NewPlugin, NothingOfTheTemplateIsLeftInIt) {
  for (const std::string kind : {"alloc", "fault", "write"}) {
    ASSERT_EQ(make(kind, "x9_" + kind).exit_status, 0);
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_ / ("x9_" + kind))) {
      names.push_back(entry.path().filename().string());
      const std::string text = text_of(entry.path());
      for (const char* left : {"@NAME@", "@KIND@", "@CLASS@", "@DAXLAB"}) {
        EXPECT_THAT(text, testing::Not(HasSubstr(left))) << entry.path();
      }
    }
    EXPECT_THAT(names, testing::UnorderedElementsAre("x9_" + kind + ".cc", "x9_" + kind + ".yaml",
                                                     "CMakeLists.txt", "CMakePresets.json",
                                                     "README.md", ".gitignore"));
  }
}

TEST_F(NewPlugin, BadNamesAndKindsAreRefused) {
  refuses("alloc", "NextFit", "\"NextFit\" is no plugin's name: names are of a-z, 0-9 and _");
  refuses("alloc", "9lives", "names are of a-z, 0-9 and _, and begin with a letter");
  refuses("alloc", "../up", "is no plugin's name");
  refuses("alloc", "", "is no plugin's name");
  refuses("fault", "operator", "\"operator\" is a keyword of C++");
  refuses("write", "first_fit", "is the name of a plugin that is shipped, ");
  refuses("alloc", "partial_says_all", "is the name of a plugin that is shipped, ");
  refuses("write", "atomic_mine", "is a promise");
  refuses("write", std::string(64, 'a'), "is longer than 63 letters");
  refuses("allocator", "mine",
          "\"allocator\" is no kind of plugin; expected alloc, fault or write");
}

TEST_F(NewPlugin, WhatIsThereStays) {
  fs::create_directory(folder_ / "mine");
  fs::create_symlink("nowhere", folder_ / "other");
  write("a_file", "precious");
  for (const std::string name : {"mine", "other", "a_file"}) {
    const ProcessOutcome outcome = make("alloc", name);
    EXPECT_EQ(outcome.exit_status, 1);
    EXPECT_THAT(outcome.error, HasSubstr("/" + name + " is there already, and nothing in it is "));
  }
  EXPECT_TRUE(fs::is_empty(folder_ / "mine"));
  EXPECT_FALSE(fs::exists(folder_ / "nowhere"));
  EXPECT_EQ(text_of(folder_ / "a_file"), "precious");
}

TEST_F(NewPlugin, AFolderThatIsNotThereIsSaid) {
  const ProcessOutcome outcome =
      run_installed({"new-plugin", "alloc", "mine", "--in", (folder_ / "no").string()});
  EXPECT_EQ(outcome.exit_status, 2);
  EXPECT_THAT(outcome.error, StartsWith("daxlab new-plugin: --in " + (folder_ / "no").string() +
                                        ": No such file or directory; expected a folder"));
}

class AddPlugin : public Installed {
 protected:
  // What CMake says to a project with that call.
  std::string said_to(const std::string& call) const {
    const fs::path project = folder_ / "project";
    fs::remove_all(project);
    fs::create_directory(project);
    std::ofstream(project / "CMakeLists.txt")
        << "cmake_minimum_required(VERSION 3.23)\nproject(p LANGUAGES NONE)\n"
           "find_package(daxlab 0.1 REQUIRED)\n"
        << call << "\n";
    const ProcessOutcome outcome =
        RunningProgram::of({DAXLAB_CMAKE, "-S", project.string(), "-B", (project / "b").string(),
                            "-Ddaxlab_DIR=" + (installed_libraries() / "cmake/daxlab").string()})
            .wait();
    EXPECT_NE(outcome.exit_status, 0) << call;
    // CMake breaks lines where it likes.
    std::string line;
    std::istringstream words(outcome.error);
    for (std::string word; words >> word;) line += (line.empty() ? "" : " ") + word;
    return line;
  }
};

TEST_F(AddPlugin, WrongCallsAreToldWhatIsWrong) {
  EXPECT_THAT(said_to("daxlab_add_plugin(Mine alloc mine.cc)"),
              HasSubstr("\"Mine\" is no plugin's name"));
  EXPECT_THAT(
      said_to("daxlab_add_plugin(mine allocator mine.cc)"),
      HasSubstr("\"allocator\" is no kind of plugin; the kinds are fault, write and alloc"));
  EXPECT_THAT(said_to("daxlab_add_plugin(mine alloc)"), HasSubstr("no sources; name at least"));
  EXPECT_THAT(said_to("daxlab_add_plugin(mine alloc mine.cc)"),
              HasSubstr("there is no source " + (folder_ / "project/mine.cc").string()));
  EXPECT_THAT(said_to("daxlab_test_plugin(mine)"),
              HasSubstr("expected the name of a plugin that daxlab_add_plugin has made"));
}

// A bug of memory that ends no process by itself.
void plant_heap_overflow(const fs::path& source) {
  std::string text = text_of(source);
  const std::string line = "    // Blocks first";
  const size_t at = text.find(line);
  ASSERT_NE(at, text.npos);
  text.insert(at,
              "    char* bytes = new char[32];\n    const volatile uint64_t beyond = 32;\n"
              "    bytes[beyond] = 1;\n    delete[] bytes;\n");
  std::ofstream(source) << text;
}

class SanitizedPlugin : public NewPlugin {
 protected:
  // `ctest` of the only test that is needed here.
  ProcessOutcome built_and_tested(const std::string& preset, const std::string& test) const {
    return RunningProgram::shell("cd '" + (folder_ / "mine").string() +
                                 "' && export CXX='" DAXLAB_COMPILER "' && cmake --preset " +
                                 preset + " -Ddaxlab_DIR='" +
                                 (installed_libraries() / "cmake/daxlab").string() +
                                 "' && cmake --build --preset " + preset + " && ctest --preset " +
                                 preset + " -R " + test)
        .wait();
  }
};

TEST_F(SanitizedPlugin, PassesAndAPlantedOverflowIsFound) {
  if (sanitized) GTEST_SKIP() << "daxlab has a sanitizer itself here";
  ASSERT_EQ(make("write", "mine").exit_status, 0);
  const ProcessOutcome good = built_and_tested("asan", "run");
  EXPECT_EQ(good.exit_status, 0) << good.out << good.error;
  plant_heap_overflow(folder_ / "mine/mine.cc");
  const ProcessOutcome bad = built_and_tested("asan", "run");
  EXPECT_NE(bad.exit_status, 0);
  EXPECT_THAT(bad.out, HasSubstr("SUMMARY: AddressSanitizer: heap-buffer-overflow"));
}

// A lock that is forgotten, in the one place that all threads come through.
TEST_F(SanitizedPlugin, ARaceIsFound) {
  if (sanitized) GTEST_SKIP() << "daxlab has a sanitizer itself here";
  ASSERT_EQ(make("alloc", "mine").exit_status, 0);
  const ProcessOutcome good = built_and_tested("tsan", "conformance");
  if (good.out.find("unexpected memory mapping") != std::string::npos) {
    GTEST_SKIP() << "ThreadSanitizer does not start here: sysctl vm.mmap_rnd_bits=28";
  }
  EXPECT_EQ(good.exit_status, 0) << good.out << good.error;
  std::string text = text_of(folder_ / "mine/mine.cc");
  for (const std::string call : {"host_.lock(lock_);", "host_.unlock(lock_);"}) {
    const size_t at = text.find(call, text.find("allocate("));
    ASSERT_NE(at, text.npos);
    text.erase(at, call.size());
  }
  std::ofstream(folder_ / "mine/mine.cc") << text;
  const ProcessOutcome bad = built_and_tested("tsan", "conformance");
  EXPECT_NE(bad.exit_status, 0);
  EXPECT_THAT(bad.out, HasSubstr("SUMMARY: ThreadSanitizer: data race"));
}

std::string other_compiler() {
  for (const char* name : {"clang++", "g++"}) {
    const bool is_gcc = std::string(name) == "g++";
    if (is_gcc == (std::string(DAXLAB_COMPILER_ID) == "GNU")) continue;
    if (RunningProgram::shell(std::string(name) + " --version").wait().exit_status == 0)
      return name;
  }
  return "";
}

// Its calls and its tables are right then; the contract is asked for elsewhere.
TEST_F(NewPlugin, BuiltByTheOtherCompilerRuns) {
  const std::string compiler = other_compiler();
  if (compiler.empty()) GTEST_SKIP() << "there is no second compiler (Debian: g++ and clang)";
  const ProcessOutcome made = make("fault", "mine");
  ASSERT_EQ(made.exit_status, 0) << made.error;
  const std::vector<std::string> steps = next_steps(made.out);
  ASSERT_GE(steps.size(), 4u);
  shell("export CXX=" + compiler + " && " + steps[0] + " && " + steps[1] + " && " + steps[2] +
        " && " + steps[3] + " -R run && grep -q 'CMAKE_CXX_COMPILER:[A-Z]*=.*" + compiler +
        "' build/release/CMakeCache.txt");
}

}  // namespace
}  // namespace daxlab
